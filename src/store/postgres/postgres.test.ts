import { afterAll, describe, it } from 'vitest';
import { startPostgres } from '../../../test/support/postgres.ts';
import { storeContract } from '../contract/contract.ts';
import { postgresStore } from './postgres.ts';

const server = await startPostgres();
const reason = typeof server === 'string' ? server : undefined;

describe.skipIf(reason !== undefined)(`PostgreSQL${reason === undefined ? '' : ` (${reason})`}`, () => {
  let made = 0;
  const make = () => {
    if (typeof server === 'string') throw new Error(server);
    return postgresStore({ connectionString: server.connectionString, index: `contract ${made++}` });
  };
  for (const { name, run } of storeContract(make)) it(name, run);
  afterAll(async () => {
    if (typeof server !== 'string') await server.remove();
  });
});
