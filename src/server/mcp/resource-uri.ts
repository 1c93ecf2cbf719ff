/** What documents are called as resources: `finetooth://films/heat-1995`, the id percent-encoded. */
const SCHEME = 'finetooth://';

export const resourceTemplate = `${SCHEME}{index}/{id}`;

export const resourceUri = (index: string, id: string): string => `${SCHEME}${index}/${encodeURIComponent(id.toWellFormed())}`;

/** The index and the id that an address names; undefined where it is none of ours. An id is a name in an index and nothing else: no file is opened by it. */
export function readResourceUri(uri: string): { readonly index: string; readonly id: string } | undefined {
  const [, index, encoded] = /^finetooth:\/\/([a-z0-9_-]+)\/(.+)$/su.exec(uri) ?? [];
  if (index === undefined || encoded === undefined) return undefined;
  try {
    return { index, id: decodeURIComponent(encoded) };
  } catch {
    return undefined;
  }
}
