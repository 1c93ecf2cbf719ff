import { keysShown } from './parts/keys.tsx';
import { address, go, query, type View, view, views, writeAddress } from './state/address.ts';
import { index, indexes, missingIndex } from './state/indexes.ts';
import { uploadShown } from './upload/upload-dialog.tsx';

const names: Readonly<Record<View, string>> = { search: 'Search', judge: 'Judge', tune: 'Tune' };

/** Name, views, index and query: what is the same in every view. */
export function Header() {
  return (
    <header class="top">
      <div class="top-row">
        <a
          class="brand"
          href="./"
          onClick={(event) => follow(event, { view: 'search', query: '', filters: {}, pipelines: [{}], open: undefined })}
        >
          <svg viewBox="0 0 16 16" aria-hidden="true">
            <path d="M1 2h14v4H1zM1 6h2v8H1zM5 6h2v8H5zM9 6h2v8H9zM13 6h2v8h-2z" />
          </svg>
          <span>Finetooth</span>
        </a>
        <nav aria-label="Views">
          {views.map((one) => (
            <a
              key={one}
              href={`./${writeAddress({ ...address.value, view: one, open: undefined })}`}
              aria-current={view.value === one ? 'page' : undefined}
              onClick={(event) => follow(event, { view: one, open: undefined })}
            >
              {names[one]}
            </a>
          ))}
        </nav>
        <div class="top-tools">
          <IndexPicker />
          <button type="button" onClick={() => (uploadShown.value = true)}>
            Add files
          </button>
          <button type="button" class="quiet" onClick={() => (keysShown.value = true)} aria-label="Keys">
            <kbd>?</kbd>
          </button>
        </div>
      </div>
      <QueryBox />
    </header>
  );
}

function IndexPicker() {
  const all = indexes.value ?? [];
  const wanted = address.value.index;
  const choose = (event: Event): void => {
    const name = (event.currentTarget as HTMLSelectElement).value;
    // Fields are those of an index.
    go({ index: name, filters: {}, open: undefined });
  };
  return (
    <label class="index-picker">
      <span>Index</span>
      <select value={index.value?.name ?? wanted ?? ''} onChange={choose} disabled={all.length === 0}>
        {all.length === 0 && <option value="">none</option>}
        {missingIndex.value !== undefined && <option value={wanted}>{wanted} (missing)</option>}
        {all.map(({ name, documents }) => (
          <option key={name} value={name}>
            {name} ({documents.toLocaleString('en')})
          </option>
        ))}
      </select>
    </label>
  );
}

function QueryBox() {
  const type = (event: Event): void => go({ query: (event.currentTarget as HTMLInputElement).value, open: undefined }, { step: false });
  return (
    <search class="query">
      <label class="unseen" for="query">
        Query
      </label>
      <input
        id="query"
        type="search"
        dir="auto"
        value={query}
        onInput={type}
        placeholder="Search by meaning, e.g. a robot left alone on earth"
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        enterkeyhint="search"
        maxLength={100_000}
      />
    </search>
  );
}

/** A plain click stays on the page; every other one is the browser's, for a new tab. */
function follow(event: MouseEvent, change: Parameters<typeof go>[0]): void {
  if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  go(change);
}
