import { startPostgres } from './postgres.ts';
import { noQdrant, startQdrant } from './qdrant.ts';

/** A database of the tests' own that holds indexes. */
export interface TestDatabase {
  readonly name: string;
  /** Where an index of this name is in it. */
  address(index: string): string;
  /** Ends it as `kill -9` does. */
  kill(): Promise<void>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** How each is started; a sentence where it cannot be. */
export const databases: Readonly<Record<string, () => Promise<TestDatabase | string>>> = {
  qdrant: async () => {
    if (noQdrant !== undefined) return noQdrant;
    const node = await startQdrant();
    return {
      name: 'qdrant',
      address: (index) => `qdrant://127.0.0.1:${node.port}/${index}`,
      kill: () => node.kill(),
      restart: () => node.restart(),
      stop: () => node.stop(),
    };
  },
  postgres: async () => {
    const server = await startPostgres();
    if (typeof server === 'string') return server;
    return {
      name: 'postgres',
      address: (index) => server.address(index),
      kill: () => server.stop('SIGKILL'),
      restart: () => server.start(),
      stop: () => server.remove(),
    };
  },
};
