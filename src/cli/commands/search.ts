import { firstStageOptionsOf, readOnePipeline } from '../../assemble/pipelines.ts';
import { FinetoothError } from '../../errors.ts';
import { openIndex, type SearchOptions, search } from '../../index.ts';
import { command } from '../command.ts';
import { explanationLines } from '../explanation-lines.ts';
import { minScoreOption, modelFlags, modelOptions } from '../model-flags.ts';
import { provenanceLines } from '../provenance-lines.ts';
import { rerankerFlags, rerankerPlan } from '../reranker-flags.ts';
import { sideBySide } from '../side-by-side.ts';

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
    ...rerankerFlags,
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
      embedder: flags.embedder ?? pipeline?.embedder,
      ...rerankerPlan(flags, pipeline),
      models: await modelOptions(run),
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
    const chosen = pipeline === undefined ? typed : { ...firstStageOptionsOf(pipeline), top: pipeline.top ?? flags.top };
    const answer = await search(index, given[0] as string, { ...chosen, ...shared });
    if (!flags.json) {
      terminal.write(sideBySide(answer, terminal.columns) + explanationLines(answer.results));
      for (const line of provenanceLines(answer)) terminal.say(line);
      return;
    }
    const candidates = answer.candidates.map(({ id, score }) => ({ id, score }));
    terminal.json({ ...answer, candidates });
  },
});
