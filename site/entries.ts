import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Entry } from './reference.ts';

const root = join(import.meta.dirname, '..');

/** Everything that the package exports names from, with its source, whose first sentence says what it is. A worker exports none: it is started. */
export const entries: readonly (Entry & { readonly file: string })[] = Object.entries(
  (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { exports: Record<string, { readonly types?: string }> }).exports,
).flatMap(([name, { types }]) => {
  if (types === undefined || name.endsWith('/worker')) return [];
  const file = types.replace(/^\.\/dist\/(.*)\.d\.ts$/, 'src/$1.ts');
  const about = /^\/\*\* `[^`]+`: (.*?\.)(?: [A-Z]| \*\/)/.exec(readFileSync(join(root, file), 'utf8'))?.[1];
  if (about === undefined) throw new Error(`${file} does not begin with what it is: /** \`finetooth/NAME\`: … */`);
  const module = file.replace(/^src\/|\.ts$/g, '').replace(/\/index$/, '');
  return [{ name: name.replace('.', 'finetooth'), module, about: `${about.charAt(0).toUpperCase()}${about.slice(1)}`, file }];
});
