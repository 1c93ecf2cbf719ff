import type { Server } from '@modelcontextprotocol/server';
import type { Document } from '../../index.ts';
import { titleOf } from '../../wording/location.ts';
import { statusesOf, statusOf } from '../indexes/status.ts';
import { documentsNamed } from './named-documents.ts';
import { readResourceUri, resourceTemplate, resourceUri } from './resource-uri.ts';
import type { Sdk } from './sdk.ts';
import { pieceOf } from './shortened.ts';
import { tellError } from './told.ts';
import type { McpApi } from './tool.ts';

/** Characters of a resource; the tool "get" reads further. */
const LONGEST = 200_000;
/** Documents of an index that is listed document by document, and resources of a page. */
const [MOST_LISTED, PAGE] = [1000, 100];

/** Documents as resources, each under the name of its index and its id, and the indexes themselves. */
export function addResources(server: Server, sdk: Sdk, api: McpApi): void {
  const { ProtocolError, ProtocolErrorCode, ResourceNotFoundError } = sdk;
  const told = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    try {
      return await work();
    } catch (error) {
      if (error instanceof ProtocolError) throw error;
      throw new ProtocolError(ProtocolErrorCode.InternalError, tellError(error, api));
    }
  };
  server.setRequestHandler('resources/templates/list', async () => ({
    resourceTemplates: [
      {
        name: 'document',
        title: 'A document of an index',
        uriTemplate: resourceTemplate,
        description: 'A whole document, by the name of its index and its id, percent-encoded. Results of "search" have the address as uri.',
      },
    ],
  }));
  server.setRequestHandler('resources/list', ({ params }) =>
    told(async () => {
      const names = await api.indexes.names();
      const cursor = params?.cursor;
      const place = cursor === undefined ? undefined : placeIn(cursor);
      if (cursor !== undefined && (place === undefined || !names.includes(place.index)))
        throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'this cursor is none of this server: list without it');
      return listed(names, place, api);
    }),
  );
  server.setRequestHandler('resources/read', ({ params: { uri } }) =>
    told(async () => {
      const names = await api.indexes.names();
      const [, bare] = /^finetooth:\/\/([a-z0-9_-]+)\/?$/.exec(uri) ?? [];
      if (bare !== undefined && names.includes(bare))
        return { contents: [{ uri, mimeType: 'application/json', text: JSON.stringify(await statusOf(bare, api.indexes)) }] };
      const named = readResourceUri(uri);
      if (named === undefined || !names.includes(named.index)) throw new ResourceNotFoundError(uri);
      const [found] = await api.indexes.reading(named.index, (index) => documentsNamed(index, [named.id]));
      if (found === undefined) throw new ResourceNotFoundError(uri);
      return { contents: [{ uri, ...contentOf(found.document) }] };
    }),
  );
}

interface Place {
  readonly index: string;
  /** The id of the last document that was listed. */
  readonly after: string;
}

/** The indexes, and of small ones the documents, in the order of their ids; of large ones there is the template. */
async function listed(names: readonly string[], place: Place | undefined, api: McpApi) {
  const rest = place === undefined ? names : names.slice(names.indexOf(place.index));
  const resources = place === undefined ? names.map(indexResource) : [];
  for (const [at, status] of (await statusesOf(rest, api.indexes)).entries()) {
    const index = rest[at] as string;
    if (status.error !== undefined || status.documents === 0 || status.documents > MOST_LISTED) continue;
    const after = at === 0 ? place?.after : undefined;
    const room = PAGE - (resources.length - (place === undefined ? names.length : 0));
    if (room <= 0) return { resources, nextCursor: cursorOf({ index, after: '' }) };
    const page = await api.indexes.reading(index, async (opened) => {
      const ids: string[] = [];
      for await (const { id } of opened.store.get('all', [])) if (after === undefined || id > after) ids.push(id);
      const all = ids.sort();
      return { documents: await documentsNamed(opened, all.slice(0, room)), more: all.length > room };
    });
    resources.push(...page.documents.map(({ id, document }) => documentResource(index, id, document)));
    const last = page.documents.at(-1);
    if (page.more && last !== undefined) return { resources, nextCursor: cursorOf({ index, after: last.id }) };
  }
  return { resources };
}

const indexResource = (index: string) => ({
  uri: `finetooth://${index}`,
  name: index,
  title: `The index ${index}`,
  description: 'How many documents it has, its fields and their types',
  mimeType: 'application/json',
});

const documentResource = (index: string, id: string, document: Document) => ({
  uri: resourceUri(index, id),
  name: typeof document.path === 'string' ? document.path : id,
  title: titleOf(document) ?? id,
  description: `A document of the index ${index}`,
  mimeType: typeof document.text === 'string' ? 'text/markdown' : 'application/json',
});

/** A document that is a text is read as one, below its other fields; any other as JSON. */
function contentOf(document: Document): { readonly mimeType: string; readonly text: string } {
  const { text, ...others } = document;
  if (typeof text !== 'string') return { mimeType: 'application/json', text: bounded(JSON.stringify(document, null, 2)) };
  const head = Object.entries(others).flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${JSON.stringify(value)}`]));
  const above = head.length === 0 ? '' : `---\n${head.join('\n')}\n---\n`;
  return { mimeType: 'text/markdown', text: bounded(`${above}${text}`) };
}

function bounded(text: string): string {
  const { text: piece, next } = pieceOf(text, 0, LONGEST);
  return next === undefined ? text : `${piece}\n[cut after ${next} of ${text.length} characters: the tool "get" reads on]`;
}

const cursorOf = (place: Place): string => Buffer.from(JSON.stringify([place.index, place.after])).toString('base64url');

function placeIn(cursor: string): Place | undefined {
  try {
    const [index, after] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as [unknown, unknown];
    return typeof index === 'string' && typeof after === 'string' ? { index, after } : undefined;
  } catch {
    return undefined;
  }
}
