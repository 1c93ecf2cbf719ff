import type { Pipeline } from '../state/address.ts';

/** A pipeline of a report, under the names that a search takes: `firstStage` is `first_stage`; its own name is left out. */
export const asSent = (pipeline: Readonly<Record<string, unknown>>): Pipeline =>
  Object.fromEntries(
    Object.entries(pipeline)
      .filter(([key, value]) => key !== 'name' && value !== undefined)
      .map(([key, value]) => [key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), value])
      // What every search does anyway makes no link longer.
      .filter(([key, value]) => !(key === 'reranker' && JSON.stringify(value) === '["default"]')),
  );
