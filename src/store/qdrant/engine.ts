import type { Engine } from '../engine.ts';
import { example, readAddress, schemes, shownAddress } from './address.ts';
import { checkQdrant } from './check.ts';
import { compactIndex } from './compact.ts';
import { qdrantStore } from './qdrant.ts';
import { stageIndex } from './stage.ts';

/** Indexes in Qdrant, by addresses such as `qdrant://localhost:6333/films?replicas=3`: `addressOptions` has what they may state. */
export const qdrantEngine: Engine = {
  schemes,
  example,
  store: (address) => {
    const { nodes, ...options } = readAddress(address);
    return qdrantStore({ ...options, url: nodes });
  },
  shown: shownAddress,
  indexName: (address) => readAddress(address).name,
  stage: (address, options) => stageIndex(address, options),
  compact: (address, options) => compactIndex(address, options),
  check: (address, options) => checkQdrant(address, options),
};
