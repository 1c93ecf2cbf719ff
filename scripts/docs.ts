/** Writes the pages that are made from tables: docs/errors.md, docs/commands.md, docs/results.md and its pictures. A test holds them to the tables. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describedCollections, resultsPage } from '../results/page.ts';
import { paretoPlot } from '../results/pareto.ts';
import { reliabilityPicture } from '../results/reliability.ts';
import { readPublished } from '../results/run.ts';
import { commands } from '../src/cli/commands.ts';
import { type OptionSpec, options, rangeOf } from '../src/cli/options.ts';
import { errorTable } from '../src/errors.ts';

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
talk: progress shows on a terminal and not in a pipe. Exit statuses: 0, or the one in [errors.md](errors.md).

${sections.join('\n')}`;
};

/** Page by file name. */
export const pages = async (): Promise<Readonly<Record<string, string>>> => ({
  'errors.md': errorsPage(),
  'commands.md': commandsPage(),
  'results.md': resultsPage(),
  'pareto.svg': await paretoPlot(await readPublished()),
  'reliability.svg': await reliabilityPicture(describedCollections()),
});

if (import.meta.main)
  for (const [name, text] of Object.entries(await pages())) await writeFile(join(import.meta.dirname, '..', 'docs', name), text);
