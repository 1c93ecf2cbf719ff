import type { Result } from '../api/types.ts';
import { firstStageWords, percent, stageWords } from '../parts/wording.ts';
import type { Ranking } from '../state/run.ts';

interface Row {
  readonly name: string;
  readonly score: number | null;
  /** Of all results, those without one left out. */
  readonly all: readonly number[];
  readonly isShare?: boolean;
}

/** The score of every stage, and where it stands among those of the other results. */
export function StageScores({ ranking, result }: { readonly ranking: Ranking; readonly result: Result }) {
  const rows = rowsOf(ranking, result);
  return (
    <section class="why-part">
      <h3>Score of every stage</h3>
      <table class="scores">
        <thead>
          <tr>
            <th scope="col">Stage</th>
            <th scope="col">Score</th>
            <th scope="col">Place by it</th>
            <th scope="col">From the lowest to the highest of all results</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, score, all, isShare }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td class="number">{score === null ? 'not read' : isShare ? percent(score) : score.toFixed(3)}</td>
              <td class="number">{score === null ? '' : `${all.filter((other) => other > score).length + 1} of ${all.length}`}</td>
              <td>{score !== null && <Scale score={score} all={all} />}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function rowsOf({ results, answer, asked: { pipeline } }: Ranking, result: Result): readonly Row[] {
  const first = firstStageWords[String(pipeline.first_stage ?? 'dense')] ?? String(pipeline.first_stage);
  const stages = answer?.rerank_stages ?? [];
  const read = results.filter(({ ranked_by: by }) => by !== null);
  return [
    { name: `First stage: ${first}`, score: result.first_stage_score, all: results.map((one) => one.first_stage_score) },
    ...stages.map(({ fingerprint }, at): Row => {
      const scores = results.map((one) => one.stages?.[at]).filter((score) => typeof score === 'number');
      return { name: `Reranker: ${stageWords(fingerprint)}`, score: result.stages?.[at] ?? null, all: scores };
    }),
    ...(result.level === undefined
      ? []
      : [{ name: 'Probability', score: result.relevance_score, all: read.map((one) => one.relevance_score), isShare: true }]),
  ];
}

/** A line with a point for every result, this one large. */
function Scale({ score, all }: { readonly score: number; readonly all: readonly number[] }) {
  const [least, most] = [Math.min(...all), Math.max(...all)];
  const place = (value: number): number => (most === least ? 50 : 2 + (96 * (value - least)) / (most - least));
  return (
    <svg class="scale" viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden="true">
      <line x1="0" y1="6" x2="100" y2="6" vector-effect="non-scaling-stroke" />
      {all.map((value, at) => (
        <line key={at} class="other" x1={place(value)} x2={place(value)} y1="3" y2="9" vector-effect="non-scaling-stroke" />
      ))}
      <line class="own" x1={place(score)} x2={place(score)} y1="0" y2="12" vector-effect="non-scaling-stroke" />
    </svg>
  );
}
