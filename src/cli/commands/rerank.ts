import { createRerankerBuilder } from '../../assemble/reranker.ts';
import { FinetoothError } from '../../errors.ts';
import { type Document, readDocuments, rerank } from '../../index.ts';
import { checkQuery } from '../../search/check.ts';
import { plan } from '../../search/plan.ts';
import { fieldCounts } from '../../text/recipe.ts';
import { counted, duration } from '../../wording/numbers.ts';
import { readNotes } from '../../wording/read-notes.ts';
import { command } from '../command.ts';
import { explanationLines } from '../explanation-lines.ts';
import { modelFlags, modelOptions } from '../model-flags.ts';
import { rerankFlags, rerankOptionsOf } from '../plan-flags.ts';
import { provenanceLines } from '../provenance-lines.ts';
import { rerankerPlan } from '../reranker-flags.ts';
import { incomplete } from '../side-by-side.ts';
import { fitted, labelOf } from '../text.ts';

/** The field of the document that names it, else its place in the input. */
const idOf = (document: Document, index: number): string => {
  for (const name of ['_id', 'id']) {
    const value = document[name];
    if ((typeof value === 'string' && value !== '') || typeof value === 'number') return String(value);
  }
  return String(index);
};

export const rerankCommand = command({
  name: 'rerank',
  about: 'Score documents against a query, without an index.',
  takes: ['<query>', '[source]'],
  options: [...rerankFlags, 'format', ...modelFlags, 'json'],
  examples: [
    'finetooth rerank "how do bats find their way" documents.jsonl --top 5 --rank-fields title,overview',
    'cat documents.jsonl | finetooth rerank "how do bats find their way"',
  ],
  run: async (run) => {
    const { given, flags, terminal, signal } = run;
    const [query, source = '-'] = given as [string, string?];
    checkQuery(query);
    const { reranker: named = 'default', ...settings } = rerankerPlan(flags);
    if (named === null) throw new FinetoothError('E_USAGE', 'rerank needs a reranker; got --reranker none. Name another, or leave it out.');
    const documents: { id: string; document: Document }[] = [];
    const noted = readNotes();
    const read = fieldCounts(1000);
    for await (const one of readDocuments(source, {
      signal,
      stdin: terminal.stdin,
      format: flags.format === 'auto' ? undefined : flags.format,
    })) {
      documents.push({ id: one.id ?? idOf(one.document, documents.length), document: one.document });
      read.see(one.document);
      noted.add(one.notes);
    }
    if (documents.length === 0)
      throw new FinetoothError('E_INPUT_EMPTY', `${source === '-' ? 'standard input' : source} holds no documents.`);
    const builder = createRerankerBuilder({ embedder: flags.embedder, models: await modelOptions(run) });
    try {
      const reranker = await builder.build(named, settings);
      const ranked = await rerank(reranker, query, documents, {
        signal,
        documents: true,
        ...rerankOptionsOf(flags),
        top: flags.top ?? plan.top.default,
      });
      const notes = [...(ranked.notes ?? []), ...noted.sentences()];
      const answer = { ...ranked, ...(notes.length === 0 ? {} : { notes }) };
      if (flags.json) return terminal.json(answer);
      const width = Math.max(20, Math.min(90, terminal.columns - 24));
      const lines = answer.results.map(
        ({ rank, relevanceScore, index, id, document }) =>
          `${String(rank).padStart(4)}  ${relevanceScore.toFixed(4).padStart(7)}  ${fitted(labelOf(id, document as Document), width)}  [${index}]`,
      );
      terminal.write(`${lines.join('\n')}\n${explanationLines(answer.results)}`);
      const common = flags.rankFields ?? read.common();
      const others = flags.rankFields === undefined ? Object.keys(read.unread(common)) : [];
      const fields = `${common.join(', ')}${others.length === 0 ? '' : ` (some by ${others.slice(0, 20).join(', ')})`}`;
      terminal.say(
        `${counted(documents.length, 'document')} scored by ${fields} in ${duration(answer.timings.rerank)}; the number in brackets is the place in the input.`,
      );
      if (!answer.complete && answer.rankedBy !== 'first-stage') terminal.say(incomplete);
      for (const line of provenanceLines(answer)) terminal.say(line);
      if (answer.cut > 0) terminal.say(`note: ${counted(answer.cut, 'document')} did not fit the model's window; the end was not read.`);
    } finally {
      await builder.close();
    }
  },
});
