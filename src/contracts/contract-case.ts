import assert from 'node:assert/strict';

/** One promise of a contract. `run` throws what is broken: what was asked, which part, what it gave. Any runner takes it: `it(name, run)`. */
export interface ContractCase {
  readonly name: string;
  run(): Promise<void>;
}

/** Makes a part; each case has one of its own, and closes it. */
export type Make<Part> = () => Part | Promise<Part>;

/** Each check with a part of its own, closed afterwards whatever happens; and that parts which are made alike have one fingerprint. */
export function casesOf<Part extends { readonly fingerprint: string; close?(): Promise<void> }>(
  make: Make<Part>,
  checks: Readonly<Record<string, (part: Part) => Promise<void>>>,
): readonly ContractCase[] {
  const using = async <Answer>(check: (part: Part) => Promise<Answer>): Promise<Answer> => {
    const part = await make();
    try {
      return await check(part);
    } finally {
      await part.close?.();
    }
  };
  const fingerprintOf = async ({ fingerprint }: Part): Promise<string> => fingerprint;
  return [
    ...Object.entries(checks).map(([name, check]) => ({ name, run: () => using(check) })),
    {
      name: 'has the same fingerprint each time it is made',
      run: async () => {
        const [one, other] = [await using(fingerprintOf), await using(fingerprintOf)];
        assert.equal(one, other, 'two that were made alike have different fingerprints');
      },
    },
  ];
}

/** A gate that never opens: what waits behind it is late by any clock. */
export function never(): Promise<never> {
  return new Promise(() => {});
}

/** Whether an error is the reason of a signal, or was caused by it. */
export function isCausedBy(error: unknown, reason: unknown): boolean {
  for (let one = error; one !== undefined && one !== null; one = (one as { readonly cause?: unknown }).cause)
    if (one === reason) return true;
  return false;
}

/**
 * Calls with a signal that is raised before the call, and with one that is raised during it. Either ends with the signal's own reason, as the error or
 * among its causes, or with an answer that `check` takes: what was too quick to be stopped.
 */
export async function checkStops<Answer>(
  who: string,
  call: (signal: AbortSignal) => Promise<Answer>,
  check: (answer: Answer) => void,
): Promise<void> {
  for (const when of ['before', 'during'] as const) {
    const stopper = new AbortController();
    const reason = new Error('the contract raised this signal');
    if (when === 'before') stopper.abort(reason);
    const work = call(stopper.signal);
    stopper.abort(reason);
    try {
      check(await work);
    } catch (error) {
      if (isCausedBy(error, reason)) continue;
      throw new Error(
        `${who}, whose signal was raised ${when} the call, ended with an error that is not the signal's reason: ${String(error)}`,
        {
          cause: error,
        },
      );
    }
  }
}

/** Throws unless the part refuses a call once it is closed, and takes being closed twice. */
export async function checkCloses(who: string, part: { close?(): Promise<void> }, call: () => Promise<unknown>): Promise<void> {
  if (part.close === undefined) return;
  await part.close();
  await part.close();
  const answered = await call().then(
    () => true,
    () => false,
  );
  if (answered) throw new Error(`${who} answered a call after it was closed; it must refuse it.`);
}
