import type { Result } from '../api/types.ts';

export interface LinesProps {
  readonly left: readonly Result[];
  readonly right: readonly Result[];
  /** Pixels above both lists. */
  readonly top: number;
  /** Pixels from a card to the next. */
  readonly height: number;
}

/** Lines between two lists: upwards, downwards and level ones differ in colour, weight and dash. What they show is said at each card. */
export function Lines({ left, right, top, height }: LinesProps) {
  const places = new Map(right.map(({ id }, at) => [id, at]));
  const all = top + Math.max(left.length, right.length) * height;
  const middle = (at: number): number => top + (at + 0.5) * height;
  return (
    <svg class="lines" viewBox={`0 0 100 ${Math.max(1, all)}`} height={all} preserveAspectRatio="none" aria-hidden="true">
      {left.map(({ id }, from) => {
        const to = places.get(id);
        if (to === undefined) return null;
        const d = `M0 ${middle(from)} C40 ${middle(from)} 60 ${middle(to)} 100 ${middle(to)}`;
        const kind = to < from ? 'up' : to > from ? 'down' : 'same';
        // The property moves; the attribute is for browsers that do not know it.
        return <path key={id} class={kind} d={d} style={{ d: `path('${d}')` }} vector-effect="non-scaling-stroke" />;
      })}
    </svg>
  );
}
