import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');

/** A name that the package exports. */
export interface PublicName {
  /** What stands behind "import from": `finetooth`, `finetooth/eval`. */
  readonly from: string;
  readonly name: string;
  /** Neither a function, a class nor a constant. */
  readonly isType: boolean;
  /** Where it is made. */
  readonly file: string;
  /** The comment above it, without stars; '' where there is none. */
  readonly comment: string;
  /** What stands under `@example` in it. */
  readonly example: string | undefined;
}

/** Every one of every entry, in their order; what two entries export stands once. */
export function publicNames(): readonly PublicName[] {
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    exports: Readonly<Record<string, { readonly types?: string }>>;
  };
  const found = new Map<string, PublicName>();
  for (const [entry, { types }] of Object.entries(exports)) {
    if (types === undefined) continue;
    const file = join(root, types.replace('./dist/', 'src/').replace(/\.d\.ts$/, '.ts'));
    for (const { name, isType, from } of exportedFrom(file)) {
      const made = whereMade(from, name);
      const comment = made.comment.replace(/^\/\*\*|\*\/\s*$/g, '').replace(/^ *\* ?/gm, '');
      const example = comment
        .split(/^@/m)
        .find((tag) => tag.startsWith('example\n'))
        ?.slice('example\n'.length)
        .trim();
      const key = `${made.file} ${name}`;
      if (!found.has(key)) found.set(key, { from: entry.replace('.', 'finetooth'), name, isType, file: made.file, comment, example });
    }
  }
  return [...found.values()];
}

interface Exported {
  readonly name: string;
  readonly isType: boolean;
  /** The file that it is taken from. */
  readonly from: string;
}

function exportedFrom(file: string): readonly Exported[] {
  return [...readFileSync(file, 'utf8').matchAll(/^export (type )?\{([^}]*)\} from '([^']*)'/gm)].flatMap(
    ([, type, names = '', from = '']) =>
      names
        .split(',')
        .map((name) => name.trim())
        .filter((name) => name !== '')
        .map((name) => ({
          name: name.replace(/^type /, ''),
          isType: type !== undefined || name.startsWith('type '),
          from: join(dirname(file), from),
        })),
  );
}

function whereMade(file: string, name: string): { readonly file: string; readonly comment: string } {
  if (!existsSync(file)) throw new Error(`there is no ${file}, which ${name} is exported from`);
  const made = new RegExp(
    String.raw`^(/\*\*(?:(?!\*/)[\s\S])*\*/\n)?^export (?:async function\*?|function\*?|const|class|interface|type) ${name}\b`,
    'm',
  ).exec(readFileSync(file, 'utf8'));
  if (made !== null) return { file, comment: made[1] ?? '' };
  const further = exportedFrom(file).find((one) => one.name === name);
  if (further === undefined) throw new Error(`${file} makes no ${name}`);
  return whereMade(further.from, name);
}
