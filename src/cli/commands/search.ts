import { openIndex } from '../../config/open-index.ts';
import { FinetoothError } from '../../errors.ts';
import { search } from '../../search/search.ts';
import { command } from '../command.ts';
import { modelFlags, modelOptions } from '../model-flags.ts';
import { sideBySide } from '../side-by-side.ts';

export const searchCommand = command({
  name: 'search',
  about: 'Find candidates in an index and rerank them.',
  takes: ['<query>'],
  options: ['in', 'candidates', 'top', 'firstStage', 'rankFields', 'reranker', ...modelFlags, 'json'],
  examples: ['finetooth search "super hero mystery action movie about bats" --in ./movies --candidates 25 --top 5 --rank-fields title'],
  run: async (run) => {
    const { given, flags, terminal, signal } = run;
    if (flags.in === undefined) throw new FinetoothError('E_USAGE', 'search needs --in FOLDER, the index.');
    await using index = await openIndex(flags.in, {
      ...(flags.embedder === undefined ? {} : { embedder: flags.embedder }),
      models: modelOptions(run),
    });
    // So that the time of the first stage is that of a search, not of loading the model.
    await index.embedder().warm?.();
    const answer = await search(index, given[0] as string, {
      signal,
      candidates: flags.candidates,
      top: flags.top,
      firstStage: flags.firstStage,
      documents: true,
      ...(flags.rankFields === undefined ? {} : { rankFields: flags.rankFields }),
      ...(flags.reranker === 'none' ? { reranker: null } : {}),
    });
    if (!flags.json) return terminal.write(sideBySide(answer, terminal.columns));
    const candidates = answer.candidates.map(({ id, score }) => ({ id, score }));
    terminal.write(`${JSON.stringify({ ...answer, candidates })}\n`);
  },
});
