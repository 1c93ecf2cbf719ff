import { openIndex } from '../../assemble/open-index.ts';
import { checkRerankers, readOnePipeline } from '../../assemble/pipelines.ts';
import { withFallback } from '../../assemble/rerankers.ts';
import { FinetoothError } from '../../errors.ts';
import { plainOptionsOf } from '../../search/pipeline.ts';
import { search } from '../../search/search.ts';
import { command } from '../command.ts';
import { explanationLines } from '../explanation-lines.ts';
import { theIndex } from '../index-flag.ts';
import { fallbackOptions, longDocumentsOption, modelFlags, modelOptions } from '../model-flags.ts';
import { answerOf, pipelineOf, searchFlags } from '../plan-flags.ts';
import { provenanceLines } from '../provenance-lines.ts';
import { aroundReranker } from '../reranker-flags.ts';
import { sideBySide } from '../side-by-side.ts';

export const searchCommand = command({
  name: 'search',
  about: 'Find candidates in an index and rerank them.',
  takes: ['<query>'],
  options: ['in', 'pipeline', ...searchFlags, ...modelFlags, 'json'],
  examples: [
    'finetooth search "super hero mystery action movie about bats" --in ./movies --candidates 25 --top 5 --rank-fields title',
    "finetooth search 'a heist' --in ./movies --filter 'year>=1990' --filter 'genres=crime'",
    'finetooth search "a heist that goes wrong" --in ./movies --pipeline pipeline.json',
  ],
  run: async (run) => {
    const { given, flags, terminal, signal } = run;
    const folder = theIndex(flags.in, 'search');
    const file = flags.pipeline === undefined ? undefined : await readOnePipeline(flags.pipeline, signal);
    if (file !== undefined) checkRerankers([file]);
    const without = flags.reranker?.join() === 'none' || (flags.reranker === undefined && file?.reranker === null);
    if (without && (flags.calibration ?? flags.scoreCache) !== undefined)
      throw new FinetoothError('E_USAGE', '--calibration and --score-cache are for a reranker; there is none in this search.');
    const { fallback } = file?.fallback === undefined ? fallbackOptions(flags) : flags;
    if (without && fallback !== undefined)
      throw new FinetoothError('E_USAGE', '--fallback is for a reranker; there is none in this search.');
    const pipeline = pipelineOf(flags, file);
    await using index = await openIndex(folder, {
      embedder: pipeline.embedder,
      reranker: pipeline.reranker,
      models: { ...(await modelOptions(run)), ...longDocumentsOption(flags.longDocuments) },
    });
    const reranker = index.reranker();
    // So that the time of the first stage is that of a search, not of loading the model.
    await Promise.all([index.embedder().warm?.(), reranker?.warm?.().catch(() => {})]);
    const { calibration } = pipeline;
    const first = reranker === null ? null : await aroundReranker(reranker, { calibration, scoreCache: flags.scoreCache }, signal);
    const around = first === null ? null : await withFallback(first, pipeline, (name) => index.rerankerNamed([name]));
    const answer = await search(index, given[0] as string, {
      signal,
      documents: true,
      ...plainOptionsOf(pipeline),
      ...answerOf(flags),
      reranker: around,
    });
    await around?.close?.();
    if (!flags.json) {
      terminal.write(sideBySide(answer, terminal.columns) + explanationLines(answer.results));
      for (const line of provenanceLines(answer)) terminal.say(line);
      return;
    }
    const candidates = answer.candidates.map(({ id, score }) => ({ id, score }));
    terminal.json({ ...answer, candidates });
  },
});
