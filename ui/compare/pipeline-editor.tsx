import { useEffect, useId, useState } from 'preact/hooks';
import { edited } from '../search/toolbar.tsx';
import { address, go, type Pipeline } from '../state/address.ts';
import { loadPlanOptions, type PlanOption, planOptions } from './plan-options.ts';
import './compare.css';

/** Options that mean something with a first stage of several lists alone, by the fusions that use them. */
const fusions: Readonly<Record<string, readonly string[]>> = {
  fusion: ['linear', 'rrf', 'scores'],
  linear_weight: ['linear'],
  dense_weight: ['rrf', 'scores'],
  sparse_weight: ['rrf', 'scores'],
  rrf_k: ['rrf'],
};

/** What a pipeline does, option by option; every change is tried at once. */
export function PipelineEditor({ side }: { readonly side: 0 | 1 }) {
  const [failed, setFailed] = useState<string | undefined>(undefined);
  useEffect(() => {
    loadPlanOptions().catch((error: unknown) => setFailed(String((error as Error).message)));
  }, []);
  const { pipelines } = address.value;
  const pipeline = pipelines[side] ?? {};
  const set = (key: string, value: unknown): void => {
    const { [key]: _, ...others } = pipeline;
    change(side, value === undefined ? others : { ...others, [key]: value });
  };
  if (failed !== undefined) return <p class="note failed">{failed}</p>;
  if (planOptions.value === undefined) return <p class="note">Asking the server what it can do…</p>;
  return (
    <form class="editor" onSubmit={(event) => event.preventDefault()}>
      <div class="editor-fields">
        {planOptions.value
          .filter(({ key }) => isOfUse(key, pipeline))
          .map((option) => (
            <Field key={option.key} option={option} value={pipeline[option.key]} onChange={(value) => set(option.key, value)} />
          ))}
      </div>
      <div class="editor-actions">
        <button type="button" class="quiet" disabled={Object.keys(pipeline).length === 0} onClick={() => change(side, {})}>
          Back to the defaults
        </button>
        <button type="button" class="primary" onClick={() => (edited.value = undefined)}>
          Done
        </button>
      </div>
    </form>
  );
}

function change(side: 0 | 1, pipeline: Pipeline): void {
  const [left, right] = address.value.pipelines;
  go({ pipelines: side === 0 ? (right === undefined ? [pipeline] : [pipeline, right]) : [left, pipeline], open: undefined });
}

function isOfUse(key: string, { first_stage: first, fusion, reranker }: Pipeline): boolean {
  const needed = fusions[key];
  const lists = first === 'hybrid' ? ['dense', 'bm25'] : String(first).split('+');
  const isSparse = lists.includes('sparse');
  if ((key === 'sparse_weight' && !isSparse) || (key === 'dense_weight' && !lists.includes('dense'))) return false;
  if (needed !== undefined) return lists.length > 1 && needed.includes(String(fusion ?? (isSparse ? 'rrf' : 'linear')));
  if (key === 'effort' || key === 'words_weight' || key === 'min_score') return reranker !== null;
  return true;
}

interface FieldProps {
  readonly option: PlanOption;
  readonly value: unknown;
  /** Undefined: the default. */
  readonly onChange: (value: unknown) => void;
}

function Field({ option, value, onChange }: FieldProps) {
  const id = useId();
  return (
    <div class="editor-field">
      <label for={id}>{option.key.replaceAll('_', ' ')}</label>
      <Control option={option} value={value} onChange={onChange} id={id} />
      <span class="hint" id={`${id}-about`}>
        {option.about}
      </span>
    </div>
  );
}

const NONE = '\u0000none';

function Control({ option: { kind, choices, least, most }, value, onChange, id }: FieldProps & { readonly id: string }) {
  const shared = { id, 'aria-describedby': `${id}-about` };
  if (kind === 'count' || kind === 'share')
    return (
      <input
        {...shared}
        type="number"
        min={least}
        max={most}
        step={kind === 'count' ? 1 : 'any'}
        value={typeof value === 'number' ? value : ''}
        placeholder="default"
        onChange={({ currentTarget: { value: text, validity } }) => {
          if (validity.valid) onChange(text === '' ? undefined : Number(text));
        }}
      />
    );
  if (kind === 'flag')
    return (
      <input
        {...shared}
        type="checkbox"
        checked={value === true}
        onChange={(event) => onChange(event.currentTarget.checked || undefined)}
      />
    );
  // What a link brought and no list names stays to be seen.
  const given = value === null ? NONE : Array.isArray(value) ? value.join(', ') : value === undefined ? '' : String(value);
  const all = given === '' || given === NONE || choices.includes(given) ? choices : [...choices, given];
  return (
    <select
      {...shared}
      value={given}
      onChange={({ currentTarget: { value: chosen } }) => {
        if (chosen !== given) onChange(chosen === '' ? undefined : chosen === NONE ? null : chosen);
      }}
    >
      <option value="">default</option>
      {all.map((choice) => (
        <option key={choice} value={choice}>
          {choice}
        </option>
      ))}
      {kind === 'reranker' && <option value={NONE}>none</option>}
    </select>
  );
}
