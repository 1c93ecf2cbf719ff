import { signal } from '@preact/signals';
import { addressOf } from '../api/client.ts';

/** Whether the server has loaded its models, as far as was asked; undefined: nobody has asked yet, or it did not answer. */
export const isReady = signal<boolean | undefined>(undefined);

/** Asks whether the models are there; a first start may have to download them. */
export async function askReadiness(): Promise<void> {
  try {
    isReady.value = (await fetch(addressOf('ready'))).ok;
  } catch {
    isReady.value = undefined;
  }
}
