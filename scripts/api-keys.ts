/** docs/api-keys.md: what becomes of each key of each API, from the tables that requests are checked with. */
import { keysOf } from '../src/server/answer-endpoint.ts';
import type { Endpoint } from '../src/server/dialects/dialect.ts';
import { dialects, forks } from '../src/server/dialects/index.ts';

interface Door {
  readonly apis: string[];
  readonly paths: string[];
  readonly endpoint: Endpoint;
}

const code = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ');

/** Paths with the same keys in one line. */
function doors(): readonly Door[] {
  const found: Door[] = [];
  const all = [
    ...dialects.flatMap(({ name, prefix, endpoints }) => endpoints.map((endpoint) => [name, prefix + endpoint.path, endpoint] as const)),
    ...forks.flatMap(({ path, branches }) => branches.map(({ dialect, endpoint }) => [dialect.name, path, endpoint] as const)),
  ];
  for (const [api, path, endpoint] of all) {
    const same = found.find((one) => one.endpoint.body === endpoint.body && one.endpoint.refused === endpoint.refused);
    if (same === undefined) found.push({ apis: [api], paths: [path], endpoint });
    else {
      if (!same.paths.includes(path)) same.paths.push(path);
      if (!same.apis.includes(api)) same.apis.push(api);
    }
  }
  return found;
}

export function apiKeysPage(): string {
  const all = doors();
  const rows = all.map(({ apis, paths, endpoint }) => {
    const { refused = {}, idle = {} } = endpoint;
    const honoured = [...keysOf(endpoint)].filter((key) => !Object.hasOwn(idle, key));
    return `| ${apis.join(', ')} | ${code(paths)} | ${code(honoured)} | ${code(Object.keys(refused))} | ${code(Object.keys(idle))} |`;
  });
  const reasons = (read: (endpoint: Endpoint) => Readonly<Record<string, string>> | undefined): string =>
    [...new Set(all.flatMap(({ endpoint }) => Object.entries(read(endpoint) ?? {}).map(([key, why]) => `- \`${key}\`: ${why}.`)))].join(
      '\n',
    );
  return `# Keys of each API

Made from the tables in \`src/server/dialects/\` by \`npm run docs\`. Each key that an API has is honoured, or refused where it asks for something (not by
\`false\`, \`null\`, \`0\` or nothing), or changes nothing here. A key that no one has heard of is named in the answer's header \`x-finetooth-ignored\`;
Together refuses it, as it does itself. \`instruction\` and \`instruct\` are read by every path that ranks, and refused for a model that was not trained on one. So is \`exact\`, and the header \`x-exact\`,
which Together's own path takes alone ([serving.md](serving.md#models)). \`test/server/keys.test.ts\` sends every one of them. Where a path is several APIs', the body says which
([serving.md](serving.md#which-path-speaks-which-api)).

| API | paths | honoured | refused | without effect |
|---|---|---|---|---|
${rows.join('\n')}

Why some are refused:
${reasons(({ refused }) => refused)}

Why some change nothing:
${reasons(({ idle }) => idle)}
`;
}
