import { signal } from '@preact/signals';
import { askJson } from '../api/client.ts';
import { ApiError, isAbort } from '../api/errors.ts';
import type { FormatsAnswer } from '../api/generated.ts';
import { announce } from '../parts/live-region.tsx';
import { count } from '../parts/wording.ts';
import { go } from '../state/address.ts';
import { filling, indexes, refreshIndexes } from '../state/indexes.ts';
import { type Chosen, choose } from './choose.ts';
import { type FieldType, type Inspected, inspect } from './inspect.ts';
import type { Pick } from './picked.ts';
import { createIndex, nothingSent, type Sent, send } from './send.ts';

/** A field as whoever adds the files wants it: searched, of a type, or kept and no more. */
export interface FieldPlan {
  readonly name: string;
  readonly use: FieldType | 'kept';
  readonly example: string;
}

export interface Plan {
  readonly chosen: Chosen;
  readonly inspected: Inspected;
  readonly name: string;
  readonly fields: readonly FieldPlan[];
  /** Of an index that is there: remove what these files brought before and have no longer. */
  readonly replace: boolean;
}

export type Step =
  | { readonly kind: 'choose'; readonly failure?: ApiError }
  | { readonly kind: 'looking'; readonly files: number }
  | { readonly kind: 'plan'; readonly plan: Plan; readonly failure?: ApiError }
  | { readonly kind: 'adding'; readonly plan: Plan; readonly sent: Sent }
  | { readonly kind: 'done'; readonly plan: Plan; readonly sent: Sent; readonly end: 'all' | 'cancelled' | ApiError };

export const step = signal<Step>({ kind: 'choose' });

let work = new AbortController();

/** Looks what the files are, so that they can become an index. */
export async function look(pick: Pick | Promise<Pick>): Promise<void> {
  if (step.value.kind === 'adding') return;
  work.abort();
  const mine = new AbortController();
  work = mine;
  try {
    step.value = { kind: 'looking', files: 0 };
    const [picked, formats] = await Promise.all([pick, askJson<FormatsAnswer>('v1/files/formats', { signal: mine.signal })]);
    const chosen = choose(picked, formats);
    mine.signal.throwIfAborted();
    if (chosen.files.length === 0) {
      const why = chosen.leftOut.length === 0 ? 'It holds no files.' : `Left out: ${chosen.leftOut.join('; ')}.`;
      throw new ApiError('E_INPUT_EMPTY', `There is nothing to read. ${why}`, 0);
    }
    step.value = { kind: 'looking', files: chosen.files.length };
    const inspected = await inspect(chosen.files, mine.signal);
    if (inspected.fields.length === 0)
      throw new ApiError('E_INPUT_EMPTY', inspected.failed[0]?.message ?? 'The files hold no documents.', 0);
    const fields = inspected.fields.map(({ name, type, example }) => ({ name, example, use: type ?? ('kept' as const) }));
    step.value = { kind: 'plan', plan: { chosen, inspected, fields, name: chosen.name, replace: false } };
    announce(`${count(chosen.files.length, 'file')} looked at. Check the fields, then add them.`);
  } catch (error) {
    if (!isAbort(error)) step.value = { kind: 'choose', failure: failureOf(error) };
  }
}

export function change(plan: Partial<Plan>): void {
  if (step.value.kind === 'plan') step.value = { kind: 'plan', plan: { ...step.value.plan, ...plan } };
}

export const isThere = (name: string): boolean => (indexes.value ?? []).some((one) => one.name === name);

/** Makes the index, if it is not there, and fills it. */
export async function add(): Promise<void> {
  if (step.value.kind !== 'plan' && step.value.kind !== 'done') return;
  const { plan } = step.value;
  const mine = new AbortController();
  work = mine;
  const { signal } = mine;
  let sent = nothingSent;
  filling.value = new Set([...filling.value, plan.name]);
  step.value = { kind: 'adding', plan, sent };
  try {
    await refreshIndexes();
    if (!isThere(plan.name)) await createIndex({ name: plan.name, ...madeWith(plan.fields) }, signal);
    for await (const now of send(plan.name, plan.chosen.files, { replace: plan.replace, signal })) {
      sent = now;
      step.value = { kind: 'adding', plan, sent };
    }
    step.value = { kind: 'done', plan, sent, end: 'all' };
    announce(`${plan.name} is ready: ${count(sent.documents, 'document')} of ${count(sent.files - sent.failed.length, 'file')}.`);
    go({ index: plan.name, filters: {}, open: undefined });
  } catch (error) {
    const end = isAbort(error) ? 'cancelled' : failureOf(error);
    // Nothing was made yet: the fields can be mended.
    step.value = end !== 'cancelled' && sent.documents === 0 ? { kind: 'plan', plan, failure: end } : { kind: 'done', plan, sent, end };
    announce(end === 'cancelled' ? 'Stopped.' : end.message);
  } finally {
    filling.value = new Set([...filling.value].filter((name) => name !== plan.name));
    await refreshIndexes();
  }
}

/** Stops what is going on; what is safe stays. */
export const cancel = (): void => work.abort();

export function startAgain(): void {
  cancel();
  step.value = { kind: 'choose' };
}

/** What `POST /v1/indexes` is told. */
export function madeWith(fields: readonly FieldPlan[]): {
  readonly fields: readonly string[];
  readonly types: Readonly<Record<string, string>>;
} {
  return {
    fields: fields.filter(({ use }) => use === 'text').map(({ name }) => name),
    types: Object.fromEntries(fields.filter(({ use }) => use !== 'text' && use !== 'kept').map(({ name, use }) => [name, use])),
  };
}

const failureOf = (error: unknown): ApiError => (error instanceof ApiError ? error : new ApiError('E_BUG', String(error), 0));
