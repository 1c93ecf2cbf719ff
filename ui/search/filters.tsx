import { useEffect } from 'preact/hooks';
import { address, type FieldFilter, go } from '../state/address.ts';
import { index } from '../state/indexes.ts';
import { type Facet, facets, followFacets } from './facets.ts';

type Value = string | number | boolean;

/** What the documents can be narrowed to, by the fields whose types the index knows. */
export function Filters() {
  useEffect(followFacets, []);
  const { filters } = address.value;
  const isSet = Object.keys(filters).length > 0;
  return (
    <details class="filters" open={matchMedia('(min-width: 64rem)').matches}>
      <summary>
        <h2>Filters{isSet ? ` (${Object.keys(filters).length})` : ''}</h2>
      </summary>
      <button type="button" class="quiet clear" disabled={!isSet} onClick={() => go({ filters: {} })}>
        Clear all
      </button>
      <div class="facets">
        {facets.value?.map((facet) =>
          facet.min === undefined ? <Values key={facet.field} facet={facet} /> : <Range key={facet.field} facet={facet} />,
        )}
        {facets.value?.length === 0 && (
          <p class="hint">{index.value === undefined ? '' : 'No field of this index groups its documents.'}</p>
        )}
      </div>
    </details>
  );
}

function Values({ facet: { field, values, more_values: more, missing } }: { readonly facet: Facet }) {
  const chosen = address.value.filters[field]?.any ?? [];
  const most = Math.max(1, ...values.map(({ count }) => count));
  const missingOnes = chosen.filter((one) => !values.some(({ value }) => value === one)).map((value) => ({ value, count: 0 }));
  const toggle = (value: Value): void => {
    const any = chosen.includes(value) ? chosen.filter((one) => one !== value) : [...chosen, value];
    setFilter(field, any.length === 0 ? undefined : { any });
  };
  return (
    <fieldset class="facet">
      <legend>
        <bdi>{field}</bdi>
      </legend>
      {[...missingOnes, ...values].map(({ value, count }) => (
        <label key={String(value)} class="facet-value">
          <input type="checkbox" checked={chosen.includes(value)} onChange={() => toggle(value)} />
          <bdi class="facet-name" title={String(value)}>
            {String(value)}
          </bdi>
          <span class="number">{count.toLocaleString('en')}</span>
          <span class="bar" aria-hidden="true">
            <span style={{ inlineSize: `${(100 * count) / most}%` }} />
          </span>
        </label>
      ))}
      <p class="hint">
        {[more ? `${more.toLocaleString('en')} more` : '', missing > 0 ? `${missing.toLocaleString('en')} without` : '']
          .filter(Boolean)
          .join(', ')}
      </p>
    </fieldset>
  );
}

function Range({ facet: { field, min, max } }: { readonly facet: Facet }) {
  const { from, to } = address.value.filters[field] ?? {};
  const isDate = typeof min === 'string';
  const set = (end: 'from' | 'to', text: string): void => {
    const value = text === '' ? undefined : isDate ? text : Number(text);
    const next = { from, to, [end]: value };
    setFilter(field, next.from === undefined && next.to === undefined ? undefined : next);
  };
  const input = (end: 'from' | 'to', label: string, limit: string | number | undefined, value: string | number | undefined) => (
    <label>
      {label}
      <input
        type={isDate ? 'date' : 'number'}
        step="any"
        placeholder={limit === undefined ? '' : String(limit).slice(0, 10)}
        value={value ?? ''}
        aria-label={`${field} ${label}`}
        onChange={(event) => set(end, event.currentTarget.value)}
      />
    </label>
  );
  return (
    <fieldset class="facet">
      <legend>
        <bdi>{field}</bdi>
      </legend>
      <div class="facet-range">
        {input('from', 'from', min, from)}
        {input('to', 'to', max, to)}
      </div>
    </fieldset>
  );
}

function setFilter(field: string, filter: FieldFilter | undefined): void {
  const others = Object.fromEntries(Object.entries(address.value.filters).filter(([name]) => name !== field));
  go({ filters: filter === undefined ? others : { ...others, [field]: filter }, open: undefined });
}
