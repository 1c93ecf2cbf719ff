import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { openIndex } from '../../assemble/open-index.ts';
import { readDocuments, search } from '../../index.ts';
import { counted, duration, grouped } from '../../wording/numbers.ts';
import { command } from '../command.ts';
import { modelFlags, modelOptions } from '../model-flags.ts';
import { answerList } from '../result-list.ts';
import { sideBySide } from '../side-by-side.ts';

interface Sample {
  /** What `readDocuments` reads, in the folder of samples. */
  readonly path: string;
  readonly unit: string;
  readonly query: string;
  readonly fields?: readonly string[];
}

const films: Sample = {
  path: 'films/corpus.jsonl',
  unit: 'film',
  query: 'prisoners digging a tunnel',
  fields: ['title', 'overview', 'tagline'],
};
const notes: Sample = { path: 'notes/vault', unit: 'note', query: 'trick to get the medicine into the dog' };

const sampleAt = (path: string): string => join(dirname(createRequire(import.meta.url).resolve('finetooth/package.json')), 'samples', path);

export const demoCommand = command({
  name: 'demo',
  about: 'Index the bundled films and search them, candidates and reranked side by side; or the bundled notes.',
  takes: ['[query]'],
  options: ['notes', 'compare', 'candidates', 'top', 'firstStage', ...modelFlags, 'json'],
  examples: ['finetooth demo', 'finetooth demo "a heist that goes wrong"', 'finetooth demo --notes "how hard are my tyres on gravel"'],
  run: async (run) => {
    const { given, flags, terminal, signal } = run;
    const sample = flags.notes ? notes : films;
    const query = given[0] ?? sample.query;
    const folder = await mkdtemp(join(tmpdir(), 'finetooth-demo-'));
    try {
      await using index = await openIndex(join(folder, 'index'), {
        create: { fields: sample.fields },
        embedder: flags.embedder,
        models: await modelOptions(run),
      });
      const report = await index.addRead(readDocuments(sampleAt(sample.path), { signal }), {
        signal,
        onProgress: ({ done }) => terminal.progress(`indexing: ${counted(done, sample.unit)}`),
      });
      terminal.progress('');
      const answer = await search(index, query, {
        signal,
        candidates: flags.candidates,
        top: flags.top,
        firstStage: flags.firstStage,
        documents: true,
        snippets: flags.notes || flags.json,
      });
      if (flags.json) {
        const candidates = answer.candidates.map(({ id, score }) => ({ id, score }));
        return terminal.json({ ...answer, candidates, indexed: report });
      }
      const rate = grouped((report.added * 1000) / report.took);
      terminal.write(
        `Indexed ${counted(report.added, sample.unit)} in ${duration(report.took)} (${rate} per second), on this machine and without network.\n\n`,
      );
      const isCompared = flags.compare || !flags.notes;
      terminal.write(`Query: ${query}\n\n`);
      terminal.write(isCompared ? sideBySide(answer, terminal.columns) : answerList(answer, terminal.columns));
      terminal.write('\n"npx finetooth ui" shows the same in a page: type, see why, compare, judge.\n');
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
});
