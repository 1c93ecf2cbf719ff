import { count } from '../parts/wording.ts';
import { address, go, writeAddress } from '../state/address.ts';
import { judgedQueries } from './judgments.ts';

/** Queries that are drawn; the rest is counted. */
const MOST = 200;

/** What was judged so far: each query opens again. */
export function JudgedQueries() {
  const all = judgedQueries.value;
  const here = address.value.query.trim();
  return (
    <section class="judged-queries" aria-labelledby="judged-queries">
      <h2 id="judged-queries">Judged queries</h2>
      <p class="hint">
        {all.length === 0
          ? 'None yet.'
          : `${count(all.length, 'query', 'queries')}, ${count(
              all.reduce((sum, one) => sum + one.count, 0),
              'judgment',
            )}`}
      </p>
      <ul>
        {all.slice(0, MOST).map(({ query, count: many }) => (
          <li key={query}>
            <a
              href={`./${writeAddress({ ...address.value, query })}`}
              aria-current={query === here ? 'true' : undefined}
              onClick={(event) => {
                if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
                event.preventDefault();
                go({ query });
              }}
              dir="auto"
            >
              {query.slice(0, 200)}
            </a>
            <span class="number hint">{many}</span>
          </li>
        ))}
      </ul>
      {all.length > MOST && <p class="hint">and {all.length - MOST} more</p>}
    </section>
  );
}
