export interface Line {
  readonly id: string;
  /** Pixels from the top, in the left and in the right list. */
  readonly from: number;
  readonly to: number;
  /** Places that it went up; negative: down. */
  readonly by: number;
}

export interface LinesProps {
  readonly all: readonly Line[];
  /** Pixels. */
  readonly height: number;
}

/** Lines between two lists: upwards, downwards and level ones differ in colour, weight and dash. What they show is said at each card. */
export function Lines({ all, height }: LinesProps) {
  return (
    <svg class="lines" viewBox={`0 0 100 ${Math.max(1, height)}`} height={height} preserveAspectRatio="none" aria-hidden="true">
      {all.map(({ id, from, to, by }) => {
        const d = `M0 ${from} C40 ${from} 60 ${to} 100 ${to}`;
        return (
          <path
            key={id}
            class={by > 0 ? 'up' : by < 0 ? 'down' : 'same'}
            d={d}
            style={{ d: `path('${d}')` }}
            vector-effect="non-scaling-stroke"
          />
        );
      })}
    </svg>
  );
}
