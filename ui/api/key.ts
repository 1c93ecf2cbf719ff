import { signal } from '@preact/signals';

const NAME = 'finetooth-key';

/** Who waits for a key; the dialog of the page answers. */
export interface KeyQuestion {
  /** Whether one was sent, and refused. */
  readonly refused: boolean;
  readonly answer: (key: string | undefined) => void;
}

export const keyQuestion = signal<KeyQuestion | undefined>(undefined);

/** The key of this tab, which ends with the tab. */
export const keptKey = (): string | undefined => read() ?? undefined;

let asking: Promise<boolean> | undefined;

/** Asks for the key, once for all requests that wait; false when whoever was asked gave none. */
export function askKey(sent: string | undefined): Promise<boolean> {
  // Another request got a new one in the meantime.
  if (sent !== keptKey()) return Promise.resolve(true);
  asking ??= new Promise<boolean>((resolve) => {
    keyQuestion.value = {
      refused: sent !== undefined,
      answer: (key) => {
        keyQuestion.value = undefined;
        asking = undefined;
        keep(key);
        resolve(key !== undefined);
      },
    };
  });
  return asking;
}

let inMemory: string | undefined;

/** A browser may forbid storage; then the key lives as long as the page. */
function read(): string | null | undefined {
  try {
    return sessionStorage.getItem(NAME) ?? inMemory;
  } catch {
    return inMemory;
  }
}

function keep(key: string | undefined): void {
  inMemory = key;
  try {
    if (key === undefined) sessionStorage.removeItem(NAME);
    else sessionStorage.setItem(NAME, key);
  } catch {
    // It is in memory.
  }
}
