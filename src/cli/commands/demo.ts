import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { openIndex } from '../../assemble/open-index.ts';
import { readDocuments, search } from '../../index.ts';
import { counted, duration, grouped } from '../../wording/numbers.ts';
import { command } from '../command.ts';
import { modelFlags, modelOptions } from '../model-flags.ts';
import { sideBySide } from '../side-by-side.ts';

const sampleFile = (): string =>
  join(dirname(createRequire(import.meta.url).resolve('finetooth/package.json')), 'samples', 'films', 'corpus.jsonl');

export const demoCommand = command({
  name: 'demo',
  about: 'Index the bundled films and search them: candidates and reranked side by side.',
  takes: ['[query]'],
  options: ['candidates', 'top', 'firstStage', ...modelFlags, 'json'],
  examples: ['finetooth demo', 'finetooth demo "a heist that goes wrong"'],
  run: async (run) => {
    const { given, flags, terminal, signal } = run;
    const query = given[0] ?? 'someone keeps living the same day again';
    const folder = await mkdtemp(join(tmpdir(), 'finetooth-demo-'));
    try {
      await using index = await openIndex(join(folder, 'films'), {
        create: { fields: ['title', 'overview', 'tagline'] },
        embedder: flags.embedder,
        models: await modelOptions(run),
      });
      const report = await index.addRead(readDocuments(sampleFile(), { signal }), {
        signal,
        onProgress: ({ done }) => terminal.progress(`indexing: ${counted(done, 'film')}`),
      });
      terminal.progress('');
      const answer = await search(index, query, {
        signal,
        candidates: flags.candidates,
        top: flags.top,
        firstStage: flags.firstStage,
        documents: true,
      });
      if (flags.json) {
        const candidates = answer.candidates.map(({ id, score }) => ({ id, score }));
        return terminal.json({ ...answer, candidates, indexed: report });
      }
      const rate = grouped((report.added * 1000) / report.took);
      terminal.write(
        `Indexed ${counted(report.added, 'film')} in ${duration(report.took)} (${rate} per second), on this machine and without network.\n\n`,
      );
      terminal.write(`Query: ${query}\n\n${sideBySide(answer, terminal.columns)}`);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
});
