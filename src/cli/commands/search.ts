import { openIndex } from '../../assemble/open-index.ts';
import { readOnePipeline, searchOptionsOf } from '../../assemble/pipelines.ts';
import { withFallback } from '../../assemble/rerankers.ts';
import { FinetoothError } from '../../errors.ts';
import type { SearchOptions } from '../../search/options.ts';
import { asOne } from '../../search/rank.ts';
import { search } from '../../search/search.ts';
import { command } from '../command.ts';
import { explanationLines } from '../explanation-lines.ts';
import {
  fallbackFlags,
  fallbackOptions,
  longDocumentsOption,
  minScoreOption,
  modelFlags,
  modelOptions,
  rerankerOption,
} from '../model-flags.ts';
import { provenanceLines } from '../provenance-lines.ts';
import { aroundFlags, aroundReranker } from '../reranker-flags.ts';
import { sideBySide } from '../side-by-side.ts';

const embedderOf = (embedder: string | undefined): { readonly embedder?: string } => ({ embedder });

export const searchCommand = command({
  name: 'search',
  about: 'Find candidates in an index and rerank them.',
  takes: ['<query>'],
  options: [
    'in',
    'pipeline',
    'candidates',
    'top',
    'firstStage',
    'rankFields',
    'fieldLabels',
    'reranker',
    ...fallbackFlags,
    'longDocuments',
    ...aroundFlags,
    'minScore',
    'deadline',
    'explain',
    'stages',
    ...modelFlags,
    'json',
  ],
  examples: [
    'finetooth search "super hero mystery action movie about bats" --in ./movies --candidates 25 --top 5 --rank-fields title',
    'finetooth search "a heist that goes wrong" --in ./movies --pipeline pipeline.json',
  ],
  run: async (run) => {
    const { given, flags, terminal, signal } = run;
    if (flags.in === undefined) throw new FinetoothError('E_USAGE', 'search needs --in FOLDER, the index.');
    const pipeline = flags.pipeline === undefined ? undefined : await readOnePipeline(flags.pipeline, signal);
    await using index = await openIndex(flags.in, {
      ...embedderOf(flags.embedder ?? pipeline?.embedder),
      ...rerankerOption(flags.reranker),
      models: { ...(await modelOptions(run)), ...longDocumentsOption(flags.longDocuments) },
    });
    // So that the time of the first stage is that of a search, not of loading the model.
    await Promise.all([
      index.embedder().warm?.(),
      index
        .reranker()
        ?.warm?.()
        .catch(() => {}),
    ]);
    const typed: SearchOptions = {
      candidates: flags.candidates,
      top: flags.top,
      firstStage: flags.firstStage,
      rankFields: flags.rankFields,
      fieldLabels: flags.fieldLabels ? true : undefined,
    };
    const shared: SearchOptions = {
      signal,
      documents: true,
      stages: flags.stages,
      explain: flags.explain,
      ...minScoreOption(flags.minScore),
      deadlineMs: flags.deadline,
    };
    const chosen = pipeline === undefined ? typed : { ...(await searchOptionsOf(pipeline, index)), top: pipeline.top ?? flags.top };
    const reranker = chosen.reranker === undefined ? index.reranker() : chosen.reranker;
    if (reranker === null && (flags.calibration ?? flags.scoreCache) !== undefined)
      throw new FinetoothError('E_USAGE', '--calibration and --score-cache are for a reranker; there is none in this search.');
    const backup = fallbackOptions(flags);
    if (reranker === null && backup.fallback !== undefined)
      throw new FinetoothError('E_USAGE', '--fallback is for a reranker; there is none in this search.');
    const first = reranker === null ? null : await aroundReranker(asOne(reranker), flags, signal);
    const around = first === null ? null : await withFallback(first, backup, (name) => index.rerankerNamed([name]));
    const answer = await search(index, given[0] as string, { ...chosen, ...shared, reranker: around });
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
