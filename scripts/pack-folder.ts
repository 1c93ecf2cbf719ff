/** A package that is put together in a folder and becomes a tarball. */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { mustRun, type Tarball } from './trial-install.ts';

export const root = join(import.meta.dirname, '..');

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly type?: string;
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, unknown>>;
  readonly repository?: unknown;
}

export const readManifest = (folder: string): Manifest => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;

/** Provenance asks for the repository that built it: the one of this project, where it names one. */
export const writeManifest = (folder: string, manifest: object): void =>
  writeFileSync(
    join(folder, 'package.json'),
    `${JSON.stringify({ ...manifest, repository: readManifest(root).repository }, undefined, 2)}\n`,
  );

/** The folder of an installed package. */
export const installed = (name: string): string => join(root, 'node_modules', ...name.split('/'));

export const copyInto = (from: string, to: string, part: string, as = part): void => {
  mkdirSync(dirname(join(to, as)), { recursive: true });
  cpSync(join(from, part), join(to, as), { recursive: true, dereference: true });
};

export const writeReadme = (folder: string, name: string, text: string): void =>
  writeFileSync(join(folder, 'README.md'), `# ${name}\n\n${text}\n`);

/** A folder called `package`, all of which is published. Weakly compressed, since tests wait for it; `npm run release` does it well. */
export const pack = async (folder: string, into: string): Promise<Tarball> => {
  const { name, version } = readManifest(folder);
  const path = join(into, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`);
  const words = ['--use-compress-program', 'gzip -1', '-cf', path, '-C', dirname(folder), basename(folder)];
  await mustRun('tar', words, { cwd: root });
  return { name, path };
};
