/** The page of what an installation brings, by the lock file: docs/dependencies.md. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Locked {
  readonly version?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly devOptional?: boolean;
  readonly link?: boolean;
}

export interface Dependency {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  /** Left out by `--omit=optional`. */
  readonly isOptional: boolean;
}

/** Licences that older packages state in another form than npm knows, by name; looked up in the package. */
const otherForms: Readonly<Record<string, string>> = { 'json-bignum': 'MIT' };

/** Every package that users install, each version once, by name. */
export function dependencies(): readonly Dependency[] {
  const lock = JSON.parse(readFileSync(join(import.meta.dirname, '..', 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, Locked>>;
  };
  const found = new Map<string, Dependency>();
  for (const [path, { version = '', license, dev, optional, devOptional, link }] of Object.entries(lock.packages)) {
    const name = path.split('node_modules/').at(-1) as string;
    if (!path.includes('node_modules/') || dev || link) continue;
    const isOptional = optional === true || devOptional === true;
    const known = found.get(`${name}@${version}`);
    found.set(`${name}@${version}`, {
      name,
      version,
      licence: license ?? otherForms[name] ?? 'none stated',
      isOptional: isOptional && (known?.isOptional ?? true),
    });
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.version < b.version ? -1 : 1));
}

export function dependenciesPage(): string {
  const all = dependencies();
  const required = all.filter(({ isOptional }) => !isOptional);
  const optional = all.filter(({ isOptional }) => isOptional);
  return `# Dependencies

Made from \`package-lock.json\` by \`npm run docs\`. A test refuses a licence that is not among these.
An installation has ${required.length} packages; with the optional ones (models run, indexes in folders, plots) up to ${all.length}, of which each
platform takes its own. \`npm sbom --omit dev --sbom-format cyclonedx\` in a checkout prints the same as a bill of materials, and a release carries it.

## Required
${table(required)}

## Optional
${table(optional)}
`;
}

function table(all: readonly Dependency[]): string {
  const licences = Map.groupBy(all, ({ licence }) => licence);
  const rows = [...licences]
    .sort(([, a], [, b]) => b.length - a.length)
    .map(([licence, of]) => `| ${licence} | ${of.length} | ${of.map(({ name, version }) => `${name} ${version}`).join(', ')} |`);
  return `| licence | packages | |\n|---|---|---|\n${rows.join('\n')}`;
}
