/** What is published in which order, and what has to be true before. */

/** What is read of the package.json of a tarball. */
export interface Published {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly repository?: unknown;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** Parts first: whoever installs a package finds what it asks for. */
export function inOrder<Package extends Published>(packages: readonly Package[]): readonly Package[] {
  const byName = new Map(packages.map((one) => [one.name, one]));
  const placed = new Set<Package>();
  const place = (one: Package, path: readonly string[]): void => {
    if (path.includes(one.name)) throw new Error(`packages ask for each other in a circle: ${[...path, one.name].join(' > ')}`);
    if (placed.has(one)) return;
    for (const name of Object.keys(wantedBy(one)).sort()) {
      const part = byName.get(name);
      if (part !== undefined) place(part, [...path, one.name]);
    }
    placed.add(one);
  };
  for (const one of packages.toSorted((a, b) => (a.name < b.name ? -1 : 1))) place(one, []);
  return [...placed];
}

export interface Surroundings {
  /** Text of CHANGELOG.md. */
  readonly changelog: string;
  /** Names of the changesets that wait in .changeset/. */
  readonly changesets: readonly string[];
  /** What git says is not committed. */
  readonly uncommitted: readonly string[];
}

/** What is wrong with the packages themselves: nothing may be published so. `scope` is that of the parts, all of which are packed here. */
export function faultsOf(packages: readonly Published[], scope = '@finetooth/'): readonly string[] {
  const versions = new Map(packages.map(({ name, version }) => [name, version]));
  const twice = packages.filter(({ name }, at) => packages.findIndex((one) => one.name === name) !== at);
  const parts = packages.flatMap((one) =>
    Object.entries(wantedBy(one))
      .filter(([name, range]) => name.startsWith(scope) && versions.get(name) !== range)
      .map(([name, range]) => `${one.name} asks for ${name} ${range}, and ${versions.get(name) ?? 'none'} is packed`),
  );
  const unlicensed = packages.filter(({ license }) => license === undefined);
  return [...twice.map(({ name }) => `${name} is packed twice`), ...parts, ...unlicensed.map(({ name }) => `${name} names no licence`)];
}

/** What is left to do before these are published. */
export function leftToDo(packages: readonly Published[], { changelog, changesets, uncommitted }: Surroundings): readonly string[] {
  const version = packages.find(({ name }) => name === 'finetooth')?.version;
  const isNamed =
    version !== undefined && changelog.split('\n').some((line) => line.startsWith(`## ${version} `) || line === `## ${version}`);
  const unreleased = /^## Unreleased\n([\s\S]*?)(?=^## |(?![\s\S]))/m.exec(changelog)?.[1]?.trim() ?? '';
  return [
    ...(changesets.length > 0 ? [`run "npm run changeset -- version" for ${changesets.join(', ')}`] : []),
    ...(isNamed ? [] : [`write "## ${version}" with the day in CHANGELOG.md, in place of "## Unreleased"`]),
    ...(isNamed && unreleased !== '' ? ['raise the version: CHANGELOG.md has more under "## Unreleased"'] : []),
    ...(uncommitted.length > 0 ? [`commit ${uncommitted.join(', ')}`] : []),
    ...(packages.every(({ repository }) => repository !== undefined)
      ? []
      : ['name "repository" in package.json: npm publishes with provenance only what names the repository that built it']),
  ];
}

const wantedBy = ({ dependencies = {}, optionalDependencies = {} }: Published): Readonly<Record<string, string>> => ({
  ...dependencies,
  ...optionalDependencies,
});
