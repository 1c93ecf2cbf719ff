import { rerankDocuments } from '../../tasks/rerank-documents.ts';
import { counted, duration } from '../../wording/numbers.ts';
import { incomplete } from '../answer-lines.ts';
import { command } from '../command.ts';
import { explanationLines } from '../explanation-lines.ts';
import { modelFlags, modelOptions } from '../model-flags.ts';
import { rerankFlags, rerankOptionsOf } from '../plan-flags.ts';
import { provenanceLines } from '../provenance-lines.ts';
import { readFlags, readOptions } from '../read-flags.ts';
import { rerankerPlan } from '../reranker-flags.ts';
import { resultList } from '../result-list.ts';

export const rerankCommand = command({
  name: 'rerank',
  about: 'Score documents against a query, without an index.',
  takes: ['<query>', '[source]'],
  options: [...rerankFlags, ...readFlags, ...modelFlags, 'json'],
  examples: [
    'finetooth rerank "how do bats find their way" documents.jsonl --top 5 --rank-fields title,overview',
    'cat documents.jsonl | finetooth rerank "how do bats find their way"',
    'ls | finetooth rerank "the report on whales" --format lines',
  ],
  run: async (run) => {
    const { given, flags, terminal } = run;
    const [query, source] = given as [string, string?];
    const { answer, documents, fields, otherFields } = await rerankDocuments(query, {
      ...readOptions(run),
      ...rerankOptionsOf(flags),
      ...rerankerPlan(flags),
      source,
      otherwise: source === undefined || source === '-' ? 'lines' : undefined,
      snippets: true,
      embedder: flags.embedder,
      models: await modelOptions(run),
    });
    if (flags.json) return terminal.json(answer);
    const { results, calibrated } = answer;
    terminal.write(resultList(results, { columns: terminal.columns, calibrated, places: true }));
    terminal.write(explanationLines(answer));
    const others = otherFields.length === 0 ? '' : ` (some by ${otherFields.slice(0, 20).join(', ')})`;
    terminal.say(`${counted(documents, 'document')} scored by ${fields.join(', ')}${others} in ${duration(answer.timings.rerank)}`);
    if (!answer.complete && answer.rankedBy !== 'first-stage') terminal.say(incomplete);
    for (const line of provenanceLines(answer)) terminal.say(line);
    if (answer.cut > 0) terminal.say(`note: ${counted(answer.cut, 'document')} did not fit the model's window; the end was not read.`);
  },
});
