import { listDatasets, pullDataset } from '../../tasks/datasets.ts';
import { grouped } from '../../wording/numbers.ts';
import { command } from '../command.ts';
import { showDownload } from '../progress.ts';

const number = (value: number | undefined): string => (value === undefined ? '' : grouped(value));

/** The licence of the files, and that of the data in them where it is another. */
const licenceOf = ({ licence, originalLicence }: { readonly licence?: string; readonly originalLicence?: string }): string =>
  originalLicence === undefined ? (licence ?? '') : `${licence}; original data: ${originalLicence}`;

export const datasetsListCommand = command({
  name: 'datasets list',
  about: 'List the test collections that are known by name and those in your folder.',
  takes: [],
  options: ['cache', 'datasets', 'json'],
  examples: ['finetooth datasets list'],
  run: async ({ flags, terminal }) => {
    const { cache: cacheFolder, datasets: folder } = flags;
    const found = await listDatasets({ cacheFolder, folder });
    if (flags.json) return terminal.json({ datasets: found });
    const width = Math.max(...found.map(({ name }) => name.length));
    const row = (name: string, where: string, documents: string, queries: string, judgments: string, licence: string): string =>
      `${name.padEnd(width)}  ${where.padEnd(7)} ${documents.padStart(9)} ${queries.padStart(7)} ${judgments.padStart(9)}  ${licence}`.trimEnd();
    terminal.write(`${row('collection', 'where', 'documents', 'queries', 'judgments', 'licence')}\n`);
    for (const one of found) {
      const line = row(one.name, one.source, number(one.documents), number(one.queries), number(one.judgments), licenceOf(one));
      terminal.write(`${line}\n`);
    }
    terminal.say(
      'Queries: the judged ones of the test split. Any folder with corpus.jsonl, queries.jsonl and qrels/test.tsv works as ./folder.',
    );
  },
});

export const datasetsPullCommand = command({
  name: 'datasets pull',
  about: 'Fetch a test collection into the cache, or check that it is there, and say its licence.',
  takes: ['<name>'],
  options: ['cache', 'offline', 'json'],
  examples: ['finetooth datasets pull scifact'],
  run: async ({ given, flags, terminal, signal }) => {
    const pulled = await pullDataset(given[0] as string, {
      cacheFolder: flags.cache,
      offline: flags.offline,
      signal,
      onProgress: showDownload(terminal),
    });
    terminal.progress('');
    if (flags.json) return terminal.json(pulled);
    const { name, source, folder, documents, queries, judgments } = pulled;
    terminal.write(
      `${name} is here (from ${source}): ${number(documents)} documents, ${number(queries)} queries, ${number(judgments)} judgments\n`,
    );
    terminal.write(`licence: ${licenceOf(pulled)}\n${folder}\n`);
  },
});
