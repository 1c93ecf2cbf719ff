import type { RouteTools } from '../app.ts';
import type { IndexRegistry } from '../indexes/registry.ts';

export interface FilesApi extends RouteTools {
  readonly indexes: IndexRegistry;
  /** Bytes of one file. */
  readonly mostBytes: number;
  /** Aborted when the server is about to end. */
  readonly closing: AbortSignal | undefined;
}
