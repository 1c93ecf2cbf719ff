import type { Result } from '../api/types.ts';
import { percent } from '../parts/wording.ts';

/** What the reranker gives each field alone. */
export function FieldShares({ explained, isComing }: { readonly explained: Result | undefined; readonly isComing: boolean }) {
  const fields = explained?.explanation?.fields ?? [];
  if (explained === undefined && isComing) return <p class="note">Each field is read by itself…</p>;
  if (fields.length === 0) return null;
  const most = Math.max(...fields.map(({ share = 0 }) => share), 1e-9);
  return (
    <section class="why-part">
      <h3>Share of each field</h3>
      <table class="shares">
        <thead>
          <tr>
            <th scope="col">Field</th>
            <th scope="col">Alone</th>
            <th scope="col">Share</th>
            <td />
          </tr>
        </thead>
        <tbody>
          {fields.map(({ field, score, relevance, share }) => (
            <tr key={field}>
              <th scope="row">
                <bdi>{field}</bdi>
              </th>
              <td class="number">{relevance === undefined ? score.toFixed(3) : percent(relevance)}</td>
              <td class="number">{share === undefined ? '' : percent(share)}</td>
              <td>
                <span class="bar" aria-hidden="true">
                  <span style={{ inlineSize: `${(100 * (share ?? 0)) / most}%` }} />
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="hint">Each field was read by itself, by the same stages.</p>
    </section>
  );
}
