import { signedFigure } from './figure-words.ts';

export interface Compared {
  readonly baseline: string;
  readonly pipeline: string;
  readonly difference: number;
  readonly low: number;
  readonly high: number;
  readonly verdict: string;
  readonly disagreement?: string | undefined;
  readonly unsafe?: string | undefined;
}

/** One comparison in words: a sign, what is claimed, and what it rests on. */
export function Verdict({
  comparison: { baseline, pipeline, difference, low, high, verdict, disagreement, unsafe },
}: {
  readonly comparison: Compared;
}) {
  const kind = verdict.startsWith('helps')
    ? 'helps'
    : verdict.startsWith('hurts')
      ? 'hurts'
      : verdict.startsWith('cannot')
        ? 'unknown'
        : 'same';
  return (
    <div class={`verdict ${kind}`}>
      <span class="verdict-sign" aria-hidden="true">
        {{ helps: '▲', hurts: '▼', same: '=', unknown: '?' }[kind]}
      </span>
      <div>
        <p>
          {kind === 'unknown' ? (
            <strong>{`${verdict.charAt(0).toUpperCase()}${verdict.slice(1)}`}</strong>
          ) : (
            <>
              <bdi>{pipeline}</bdi> <strong>{verdict}</strong>
            </>
          )}
        </p>
        <p class="hint number">
          <bdi>{pipeline}</bdi> against <bdi>{baseline}</bdi>: {signedFigure(difference)} ({signedFigure(low)} to {signedFigure(high)})
          {disagreement === undefined ? '' : `; ${disagreement}`}
        </p>
        {unsafe !== undefined && <p class="hint">Not safe: {unsafe}</p>}
      </div>
    </div>
  );
}
