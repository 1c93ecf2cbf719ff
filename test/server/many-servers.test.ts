import { it } from 'vitest';
import { surviveEndsOfServers } from './many-servers.ts';

it(
  'answers every search over one database while one of two servers is killed (more often, and on each database, in test:long)',
  {
    timeout: 180_000,
  },
  (context) => surviveEndsOfServers(context, 'qdrant', 1),
);
