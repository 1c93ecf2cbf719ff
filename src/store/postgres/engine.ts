import type { Engine } from '../engine.ts';
import { example, readAddress, schemes, shownAddress } from './address.ts';
import { checkDatabase } from './check.ts';
import { compactIndex } from './compact.ts';
import { postgresStore } from './postgres.ts';
import { stageIndex } from './stage.ts';

/** PostgreSQL with pgvector, by addresses: `postgres://user@host:5432/database/films`. */
export const postgresEngine: Engine = {
  schemes,
  example,
  store: (address) => {
    const { connectionString, index, settings } = readAddress(address);
    return postgresStore({ connectionString, index, ...settings });
  },
  shown: shownAddress,
  indexName: (address) => readAddress(address).index,
  stage: stageIndex,
  compact: compactIndex,
  check: checkDatabase,
};
