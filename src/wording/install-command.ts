import { createRequire } from 'node:module';

interface Manifest {
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/**
 * The command that installs the first of several packages that this one asks for, in the version that it asks for: published are others than a checkout has.
 * undefined where it asks for none of them.
 */
export function installCommand(names: readonly string[], manifest: Manifest = ownManifest()): string | undefined {
  const asked = { ...manifest.peerDependencies, ...manifest.optionalDependencies };
  const name = names.find((one) => asked[one] !== undefined);
  return name === undefined ? undefined : `npm install ${name}@${asked[name]}`;
}

const ownManifest = (): Manifest => createRequire(import.meta.url)('finetooth/package.json') as Manifest;
