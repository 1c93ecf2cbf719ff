/** Writes the pages that are made from tables: docs/errors.md, docs/api-keys.md, docs/commands.md, docs/plan.md, docs/dependencies.md, docs/results.md and its pictures. A test holds them to the tables. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { growthPicture } from '../bench/growth.ts';
import { describedCollections, resultsPage } from '../results/page.ts';
import { paretoPlot } from '../results/pareto.ts';
import { reliabilityPicture } from '../results/reliability.ts';
import { readPublished } from '../results/run.ts';
import { allCommands } from '../src/cli/commands.ts';
import { type OptionSpec, options, rangeOf } from '../src/cli/options.ts';
import { errorTable } from '../src/errors.ts';
import { indexPlan, plan } from '../src/search/plan.ts';
import {
  type Door,
  defaultWords,
  doors,
  type IndexDoor,
  type IndexOption,
  indexDoors,
  kebabCase,
  type PlanOption,
  snakeCase,
} from '../src/search/plan-option.ts';
import { apiKeysPage } from './api-keys.ts';
import { dependenciesPage } from './dependencies.ts';
import { llmsText } from './llms.ts';

const commands = await allCommands();

const cell = (text: string): string => text.replaceAll('|', '\\|');

const errorsPage = (): string => {
  const rows = Object.entries(errorTable).map(([code, { exit, http, meaning }]) => `| ${code} | ${exit} | ${http} | ${cell(meaning)} |`);
  return `# Errors

Made from \`src/errors.ts\` by \`npm run docs\`. Every error has a code. The command line exits with the status beside it; with \`--json\`, standard
error holds \`{"error": {"code", "message"}}\`. A server answers with the HTTP status at its own paths, and its body holds \`{"error": {"code", "message"}}\`
too; at vendors' paths bodies and statuses are as the vendor's clients know them (see [serving.md](serving.md#errors)). The library throws a
\`FinetoothError\` with \`code\`. The same sentence names an option as each of them does: \`idField\`, \`--id\`, \`id_field\`.

| code | exit | HTTP | meaning |
|---|---|---|---|
${rows.join('\n')}
`;
};

const commandsPage = (): string => {
  const sections = commands.map(({ name, about, takes, options: names, examples }) => {
    const rows = names.map((key) => {
      const option: OptionSpec = options[key];
      return `| \`--${option.name}\` | ${cell(`${option.about} ${rangeOf(option)}`.trim())} |`;
    });
    const table = rows.length === 0 ? '' : `\n| option | |\n|---|---|\n${rows.join('\n')}\n`;
    return `## finetooth ${[name, ...takes].join(' ')}\n\n${about}\n\n\`\`\`sh\n${examples.join('\n')}\n\`\`\`\n${table}`;
  });
  return `# Commands

Made from the tables in \`src/cli/commands.ts\` and \`src/cli/options.ts\` by \`npm run docs\`. Standard output is data, standard error is
talk: progress is a line that replaces itself on a terminal, and elsewhere a line a minute, so that short work says nothing and a log shows that long
work goes on; \`FINETOOTH_QUIET=1\` silences both. Exit statuses: 0, or the one in [errors.md](errors.md).

${sections.join('\n')}`;
};

const doorNames: Readonly<Record<Door | IndexDoor, string>> = {
  search: '`search()`',
  rerank: '`rerank()`',
  pipeline: 'pipelines file',
  searchCommand: '`finetooth search`',
  rerankCommand: '`finetooth rerank`',
  searchBody: '`POST /v1/search`',
  create: '`openIndex`, `create`',
  indexCommand: '`finetooth index`',
  createBody: '`POST /v1/indexes`',
};

const spelledAt = (key: string, option: PlanOption | IndexOption, door: Door | IndexDoor): string => {
  if (door.endsWith('Command')) return `\`--${option.flag ?? kebabCase(key)}\``;
  return door.endsWith('Body') ? `\`${snakeCase(key)}\`` : `\`${key}\``;
};

const valueWords = (option: PlanOption | IndexOption): string => {
  if (option.kind === 'count') return `${option.least} to ${option.most}${option.unit === undefined ? '' : ` ${option.unit}`}`;
  const words = {
    share: '0 to 1',
    flag: 'true or false',
    text: 'a text',
    names: 'a list of texts',
    filter: 'a filter',
    vector: 'a list of numbers',
    types: 'fields with their types',
    rerankers: 'rerankers',
    rerankerParts: 'rerankers or their names',
    callback: 'a function',
    signal: 'an AbortSignal',
  };
  if (option.kind === 'level') return `${option.choices.map((choice) => `\`${choice}\``).join(', ')}, or ${option.least} to ${option.most}`;
  return option.kind === 'choice' ? option.choices.map((choice) => `\`${choice}\``).join(', ') : words[option.kind];
};

/** One table of options, and beside each where it may be given, else why not. */
const planTables = (table: Readonly<Record<string, PlanOption | IndexOption>>, at: readonly (Door | IndexDoor)[]): string => {
  const rows = Object.entries(table).map(([key, option]) => {
    const places = option.at as Readonly<Record<Door | IndexDoor, PlanOption['at'][Door]>>;
    return `| ${[`\`${key}\``, option.about, valueWords(option), defaultWords(option), ...at.map((door) => (typeof places[door] === 'string' ? '–' : spelledAt(key, option, door)))].map(cell).join(' | ')} |`;
  });
  const not = Object.entries(table).flatMap(([key, option]) => {
    const places = option.at as Readonly<Record<Door | IndexDoor, PlanOption['at'][Door]>>;
    const reasons = Map.groupBy(
      at.filter((door) => typeof places[door] === 'string'),
      (door) => places[door] as string,
    );
    return [...reasons].map(([reason, without]) => `- \`${key}\` not at ${without.map((door) => doorNames[door]).join(', ')}: ${reason}.`);
  });
  const different = Object.entries(table).flatMap(([key, option]) => {
    const places = option.at as Readonly<Record<Door | IndexDoor, PlanOption['at'][Door]>>;
    return at.flatMap((door) => {
      const here = places[door];
      if (typeof here !== 'object') return [];
      const { about, most, otherwise } = here;
      const words = [
        about,
        most === undefined ? undefined : `at most ${most}`,
        otherwise === undefined ? undefined : `default: ${otherwise}`,
      ];
      return [`- \`${key}\` at ${doorNames[door]}: ${words.filter((one) => one !== undefined).join('; ')}.`];
    });
  });
  const head = ['option', '', 'value', 'default', ...at.map((door) => doorNames[door])];
  return `| ${head.join(' | ')} |
|${head.map(() => '---').join('|')}|
${rows.join('\n')}

What differs:
${different.join('\n')}

What is not there, and why:
${not.join('\n')}
`;
};

const planPage = (): string => `# Every option, and where it may be given

Made from \`src/search/plan.ts\` by \`npm run docs\`. An option has one name in the library, and the doors spell it by rule: a pipelines file as the
library does, the command line with hyphens and without the unit (\`denseWeight\` is \`--dense-weight\`, \`deadlineMs\` is \`--deadline\`), a request in
snake case (\`dense_weight\`, \`deadline_ms\`). Requests in the words of a vendor have no such field: there the header \`x-deadline-ms\` says it.
Ranges, defaults and refusals are the same everywhere, but for what is named below the tables.

## Searching and reranking
${planTables(plan, doors)}
## Making an index
${planTables(indexPlan, indexDoors)}`;

/** Page by file name. */
export const pages = async (): Promise<Readonly<Record<string, string>>> => ({
  'errors.md': errorsPage(),
  'api-keys.md': apiKeysPage(),
  'commands.md': commandsPage(),
  'plan.md': planPage(),
  'dependencies.md': dependenciesPage(),
  'results.md': resultsPage(),
  'growth.svg': await growthPicture(),
  'pareto.svg': await paretoPlot(await readPublished()),
  'reliability.svg': await reliabilityPicture(describedCollections()),
});

if (import.meta.main) {
  for (const [name, text] of Object.entries(await pages())) await writeFile(join(import.meta.dirname, '..', 'docs', name), text);
  await writeFile(join(import.meta.dirname, '..', 'llms.txt'), llmsText());
}
