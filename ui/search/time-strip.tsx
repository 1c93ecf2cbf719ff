import { stageWords, tookWords } from '../parts/wording.ts';
import type { Ranking } from '../state/run.ts';

interface Part {
  readonly name: string;
  readonly ms: number;
  readonly kind: string;
}

export interface TimeStripProps {
  readonly ranking: Ranking | undefined;
  /** Of the pipeline, where there are two. */
  readonly name?: string;
}

/** Where the time went: one bar, a part for each stage. Its place is kept while there is nothing to show. */
export function TimeStrip({ ranking, name }: TimeStripProps) {
  const parts = ranking === undefined ? [] : partsOf(ranking);
  const total = parts.reduce((sum, { ms }) => sum + ms, 0);
  return (
    <section class="strip" aria-label={`Time of each stage${name === undefined ? '' : ` of pipeline ${name}`}`}>
      <div class="strip-bar" aria-hidden="true">
        {parts.map(({ name, ms, kind }) => (
          <span key={name} class={kind} style={{ flexGrow: Math.max(ms / Math.max(total, 1e-9), 0.004) }} />
        ))}
      </div>
      <dl class="strip-list">
        {name !== undefined && (
          <div class="strip-name">
            <dt>pipeline</dt>
            <dd>{name}</dd>
          </div>
        )}
        {ranking !== undefined && (
          <div class="sum">
            <dt>first results</dt>
            <dd class="number">{tookWords(ranking.firstMs)}</dd>
          </div>
        )}
        {parts.map(({ name, ms, kind }) => (
          <div key={name} class={kind}>
            <dt>{name}</dt>
            <dd class="number">{tookWords(ms)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** Parts that were not passed through take no time, and keep their place. */
function partsOf({ answer, totalMs }: Ranking): readonly Part[] {
  if (answer === undefined || totalMs === undefined) return [];
  const { embed, retrieve, rerank } = answer.timings;
  const stages = answer.rerank_stages ?? [];
  const reranked: Part[] = stages.map(({ fingerprint, took }, i) => ({
    name: stageWords(fingerprint),
    ms: took,
    kind: i === 0 ? 'second' : 'third',
  }));
  const ranked = embed + retrieve + reranked.reduce((sum, { ms }) => sum + ms, 0);
  return [
    { name: 'query to vector', ms: embed, kind: 'first' },
    { name: 'candidates', ms: retrieve, kind: 'first later' },
    ...(reranked.length === 0 && rerank > 0 ? [{ name: 'rerank', ms: rerank, kind: 'second' }] : reranked),
    { name: 'snippets and transfer', ms: Math.max(0, totalMs - Math.max(ranked, embed + retrieve + rerank)), kind: 'rest' },
  ];
}
