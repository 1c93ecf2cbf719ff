import { checkRerankers, readOnePipeline } from '../../assemble/pipelines.ts';
import { FinetoothError } from '../../errors.ts';
import { openIndex, search } from '../../index.ts';
import { asksEmbedder, asksSparse, plainOptionsOf } from '../../plan.ts';
import { indexOf } from '../../tasks/index-of.ts';
import { counted } from '../../wording/numbers.ts';
import { type ReadPlace, withChange } from '../change-model.ts';
import { command, type Flags, type Run } from '../command.ts';
import { explanationLines } from '../explanation-lines.ts';
import { facetLines } from '../facet-lines.ts';
import { oneIndex, theIndex } from '../index-flag.ts';
import { modelFlags, modelOptions } from '../model-flags.ts';
import { answerOf, pipelineOf, searchFlags } from '../plan-flags.ts';
import { showRate } from '../progress.ts';
import { provenanceLines } from '../provenance-lines.ts';
import { readFlags, readOptions } from '../read-flags.ts';
import { remarks } from '../remarks.ts';
import { rerankerPlan } from '../reranker-flags.ts';
import { answerList } from '../result-list.ts';
import { sideBySide } from '../side-by-side.ts';

export const searchCommand = command({
  name: 'search',
  about: 'Find candidates in an index, or in a file or a folder, and rerank them.',
  takes: ['<query>', '[source]'],
  options: ['in', 'pipeline', ...searchFlags, ...readFlags, 'compare', ...modelFlags, 'json'],
  examples: [
    'finetooth search "super hero mystery action movie about bats" --in ./movies --candidates 25 --top 5 --rank-fields title',
    'finetooth search "how do I reset the espresso machine" ./notes',
    'finetooth search "a heist" --in ./movies --query-vector @heist.json',
    "finetooth search 'a heist' --in ./movies --filter 'year>=1990' --filter 'genres=crime'",
    'finetooth search "a heist that goes wrong" --in ./movies --facets genres,year --group-by director --sort -year',
    'finetooth search "a heist that goes wrong" --in ./movies --pipeline pipeline.json',
  ],
  run: async (run) => {
    const { given, flags, terminal, signal } = run;
    const file = flags.pipeline === undefined ? undefined : await readOnePipeline(flags.pipeline, signal);
    if (file !== undefined) checkRerankers([file], {}, { modelsFolder: flags.models });
    const reranker = rerankerPlan(flags, file);
    const pipeline = pipelineOf(flags, file);
    const said = answerOf(flags);
    const embedder = pipeline.embedder === 'none' ? null : pipeline.embedder;
    const folder = await folderOf(run, embedder);
    await using index = await openIndex(folder, { embedder, ...reranker, models: await modelOptions(run) });
    const isEmbedded = said.vector === undefined && asksEmbedder(pipeline.firstStage);
    // So that the time of the first stage is that of a search, not of loading the model.
    // A page after the first needs no model.
    if (flags.cursor === undefined || flags.cursor === '*')
      await Promise.all([
        isEmbedded ? index.embedder().load?.() : undefined,
        asksSparse(pipeline.firstStage) ? index.sparse().then((sparse) => sparse.load?.()) : undefined,
        index
          .reranker()
          ?.load?.()
          .catch(() => {}),
      ]);
    const query = given[0] as string;
    const place: ReadPlace = given[1] === undefined ? { index: folder } : { query, source: given[1] };
    const { notes, ...found } = await search(index, query, {
      signal,
      documents: true,
      snippets: true,
      ...plainOptionsOf(pipeline),
      ...said,
    });
    const told = withChange(notes, place);
    const answer = told === undefined ? found : { ...found, notes: told };
    if (!flags.json) {
      terminal.write(flags.compare ? sideBySide(answer, terminal.columns) : answerList(answer, terminal.columns));
      terminal.write(`${explanationLines(answer)}${facetLines(answer.facets)}`);
      for (const line of provenanceLines(answer)) terminal.say(line);
      return;
    }
    const candidates = answer.candidates.map(({ id, score }) => ({ id, score }));
    terminal.json({ ...answer, candidates });
  },
});

/** The index that `--in` names, or that of the file or folder, which is kept in the cache. */
async function folderOf(
  run: Run<(typeof modelFlags)[number] | (typeof readFlags)[number]> & { readonly flags: Flags<'in'> },
  embedder: string | null | undefined,
): Promise<string> {
  const { given, flags, terminal } = run;
  const source = given[1];
  if (source === undefined) return theIndex(flags.in, 'search');
  if (oneIndex(flags.in) !== undefined)
    throw new FinetoothError('E_USAGE', `search takes "${source}" or --in, not both. Put a query of several words in quotes.`);
  const { stdin: _, ...reading } = readOptions(run);
  const { folder, report } = await indexOf({
    ...reading,
    source,
    embedder,
    models: await modelOptions(run),
    onProgress: showRate(terminal, 'document'),
  });
  terminal.progress('');
  remarks({ ...report, notes: withChange(report.notes, { query: given[0] as string, source }) }, terminal);
  const { added, changed, removed, unchanged } = report;
  const what = added + changed + removed === 0 ? '' : `: ${added} added, ${changed} changed, ${removed} removed`;
  terminal.say(
    `${counted(added + changed + unchanged, 'document')} of ${source} in an index of the cache${what} (${folder}; "finetooth cache" lists and deletes them)`,
  );
  return folder;
}
