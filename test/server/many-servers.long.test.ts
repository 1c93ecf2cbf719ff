import { describe, it } from 'vitest';
import { databases } from '../support/databases.ts';
import { surviveEndsOfServers } from './many-servers.ts';

describe.each(Object.keys(databases))('two servers over one index in %s', (engine) => {
  it('answer every search that is asked again, whichever of them ends, and how', { timeout: 900_000 }, (context) =>
    surviveEndsOfServers(context, engine, 8),
  );
});
