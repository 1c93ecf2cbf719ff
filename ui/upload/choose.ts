import type { FormatsAnswer } from '../api/generated.ts';
import type { Pick, Picked } from './picked.ts';

export interface Chosen {
  readonly files: readonly Picked[];
  /** What is left out, in words. */
  readonly leftOut: readonly string[];
  /** Of the index that they would become. */
  readonly name: string;
}

/**
 * The files that are sent: of a folder those that are documents, or, where there are none, its tables; a file that was named by itself always, since the server may
 * know it by its content.
 */
export function choose({ files, name }: Pick, { formats, most_bytes: most }: FormatsAnswer): Chosen {
  const kindOf = (path: string): 'document' | 'data' | undefined => {
    const format = formats.find(({ extensions }) => extensions.includes(extensionOf(path)));
    return format === undefined ? undefined : format.in_folders ? 'document' : 'data';
  };
  const alone = files.filter(({ inFolder }) => !inFolder);
  const below = files.filter(({ inFolder }) => inFolder);
  const documents = below.filter(({ path }) => kindOf(path) === 'document' && !/\.gz$/i.test(path));
  const wanted = [...alone, ...(documents.length > 0 ? documents : below.filter(({ path }) => kindOf(path) === 'data'))];
  const fitting = wanted.filter(({ file }) => file.size <= most && file.size > 0);
  const large = wanted.filter(({ file }) => file.size > most);
  const empty = wanted.filter(({ file }) => file.size === 0);
  const others = below.filter((one) => !wanted.includes(one));
  const words = (some: readonly Picked[], why: string): readonly string[] =>
    some.length === 0
      ? []
      : [`${some.length === 1 ? '1 file' : `${some.length.toLocaleString('en')} files`} ${why}, such as ${some[0]?.path}`];
  return {
    files: fitting.map((one) => ({ ...one, isTable: kindOf(one.path) !== 'document' })),
    leftOut: [
      ...words(others, documents.length > 0 ? 'of other kinds' : 'of kinds that are not read'),
      ...words(empty, 'without content'),
      ...words(large, `larger than ${Math.floor(most / 1_048_576).toLocaleString('en')} MB`),
    ],
    name: nameFor(name),
  };
}

/** As an index may be called: `My Notes (2)` → `my-notes-2`. */
export function nameFor(name: string): string {
  const plain = name
    .replace(/\.(gz|zip)$/i, '')
    .replace(/(?<=.)\.[^.]{1,8}$/, '')
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/[^a-z0-9_]+/g, '-')
    .replace(/^[^a-z0-9]+|-+$/g, '')
    .slice(0, 64);
  return plain === '' ? 'files' : plain;
}

/** Before `.gz`, in lower case; of a name without a dot, all of it. */
export function extensionOf(path: string): string {
  const name = path.replace(/^.*\//, '').toLowerCase();
  return /\.([^.]+?)(?:\.gz)?$/.exec(name)?.[1] ?? name;
}
