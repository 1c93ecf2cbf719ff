import type { ApiError } from '../api/errors.ts';
import { count } from '../parts/wording.ts';
import { indexes } from '../state/indexes.ts';
import { Failed } from './failed.tsx';
import type { FieldType } from './inspect.ts';
import { Sentences } from './sentences.tsx';
import { add, change, type FieldPlan, isThere, type Plan, startAgain } from './upload-state.ts';

const uses: Readonly<Record<FieldType | 'kept', string>> = {
  text: 'searched',
  keyword: 'filter: words',
  number: 'filter: number',
  date: 'filter: date',
  boolean: 'filter: yes or no',
  kept: 'kept',
};

/** As the server takes names. */
const nameForm = '[a-z0-9][a-z0-9_\\-]{0,63}';

/** What was found, to be looked over before it becomes an index. */
export function PlanForm({ plan, failure }: { readonly plan: Plan; readonly failure: ApiError | undefined }) {
  const { chosen, inspected, name, fields, replace } = plan;
  const exists = indexes.value !== undefined && isThere(name);
  const isSearched = exists || fields.some(({ use }) => use === 'text');
  const submit = (event: Event): void => {
    event.preventDefault();
    if (isSearched) add();
  };
  return (
    <form class="upload-part" onSubmit={submit}>
      {failure !== undefined && <Failed failure={failure} />}
      <p>
        {count(chosen.files.length, 'file')}
        {inspected.documents !== undefined && `, ${count(inspected.documents, 'document')}`}
        {chosen.leftOut.length > 0 && `. Left out: ${chosen.leftOut.join('; ')}`}.
      </p>
      <Sentences title="Cannot be read" words={inspected.failed.map(({ message }) => message)} isFailure />
      <Sentences title="Good to know" words={inspected.notes} />
      <label class="upload-name">
        <span>Name of the index</span>
        <input
          required
          pattern={nameForm}
          maxLength={64}
          spellcheck={false}
          autocomplete="off"
          value={name}
          aria-describedby="upload-name-about"
          onInput={(event) => change({ name: event.currentTarget.value })}
        />
        <span id="upload-name-about" class="upload-hint">
          {exists ? 'There is an index of this name: the files are added to it.' : 'Lowercase letters, digits, - and _.'}
        </span>
      </label>
      {exists ? (
        <label class="upload-check">
          <input type="checkbox" checked={replace} onChange={(event) => change({ replace: event.currentTarget.checked })} />
          <span>Remove what these files brought before and no longer hold</span>
        </label>
      ) : (
        <Fields fields={fields} />
      )}
      {!isSearched && (
        <p class="upload-failed" role="alert">
          Choose at least one field that is searched.
        </p>
      )}
      <div class="upload-buttons">
        <button type="submit" class="primary" disabled={!isSearched}>
          {exists ? 'Add to the index' : 'Make the index'}
        </button>
        <button type="button" onClick={startAgain}>
          Choose other files
        </button>
      </div>
    </form>
  );
}

function Fields({ fields }: { readonly fields: readonly FieldPlan[] }) {
  const set = (name: string, use: string): void =>
    change({ fields: fields.map((one) => (one.name === name ? { ...one, use: use as FieldPlan['use'] } : one)) });
  return (
    <fieldset class="upload-fields">
      <legend>Fields</legend>
      <ul>
        {fields.map(({ name, use, example }, at) => (
          <li key={name}>
            <div class="upload-field">
              <label for={`upload-field-${at}`}>
                <bdi>{name}</bdi>
              </label>
              <select id={`upload-field-${at}`} value={use} onChange={(event) => set(name, event.currentTarget.value)}>
                {Object.entries(uses).map(([value, words]) => (
                  <option key={value} value={value}>
                    {words}
                  </option>
                ))}
              </select>
            </div>
            <p class="upload-example" dir="auto">
              {example}
            </p>
          </li>
        ))}
      </ul>
    </fieldset>
  );
}
