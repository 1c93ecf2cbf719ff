import { setTimeout as pause } from 'node:timers/promises';
import { FinetoothError, throwIfStopped } from '../../errors.ts';
import type { CallOptions } from '../../types.ts';
import type { QdrantAddress } from './address.ts';
import { faultOf, reasonOf, translated } from './faults.ts';
import { loadClient, type QdrantClient } from './library.ts';
import type { Degraded, RequestOptions } from './request-options.ts';

/** Every request to Qdrant goes through here: it is idempotent, and asked again where it is not the request that is wrong. */
export interface Requests {
  ask<T>(run: (client: QdrantClient) => Promise<T>, options?: CallOptions & Pick<RequestOptions, 'retryMs'>): Promise<T>;
  /** Every node, in the order of the address. */
  nodes(): Promise<readonly { readonly node: string; readonly client: QdrantClient }[]>;
  close(): void;
}

/** Pauses between tries, in milliseconds, the last one over and over. */
const pauses = [50, 100, 200, 400, 800, 1500];
/** Whoever has never answered is likely to be the wrong address. */
const FIRST_MS = 3000;
/** What is shorter is a connection that died while it was kept, or a leader that was elected. */
const TOLD_MS = 1000;
/** A node that did not answer is asked again whether it does, so often at most. */
const PROBE_MS = 2000;
/** Connections to a node. */
const CONNECTIONS = 16;

/** Somebody waits for what is read: a node that restarts is waited for, and one that is gone is told. */
const READ_MS = 15_000;

/** The same requests for who reads. */
export const reading = (requests: Requests): Requests => ({
  ...requests,
  ask: (run, options) => requests.ask(run, { ...options, retryMs: READ_MS }),
});

interface Trouble {
  readonly since: number;
  retries: number;
  reason: string;
  probed: number;
}

export function connectNodes(
  { nodes, apiKey }: Pick<QdrantAddress, 'nodes' | 'apiKey'>,
  shown: string,
  { retryMs = 180_000, onDegraded = warn(shown), timeoutMs = 60_000 }: RequestOptions = {},
): Requests {
  let clients: Promise<readonly QdrantClient[]> | undefined;
  let current = 0;
  let hasAnswered = false;
  const troubles = new Map<string, Trouble>();
  const load = async (): Promise<readonly QdrantClient[]> => {
    const { QdrantClient } = await loadClient();
    // Answers are small, and packing them costs 40 ms. A key is told to be sent in the clear by `check`, and not on every start.
    const headers = { 'accept-encoding': 'identity', 'api-key': apiKey };
    return nodes.map(
      (url) => new QdrantClient({ url, headers, timeout: timeoutMs, maxConnections: CONNECTIONS, checkCompatibility: false }),
    );
  };
  const clientsNow = (): Promise<readonly QdrantClient[]> => (clients ??= load());
  const failed = (what: string, error: unknown): Trouble => {
    const known = troubles.get(what) ?? { since: performance.now(), retries: 0, reason: '', probed: performance.now() };
    known.retries++;
    known.reason = reasonOf(error);
    troubles.set(what, known);
    return known;
  };
  /** `by`: when what was answered was asked, so that it is not counted how long that took. */
  const recovered = (what: string, by = performance.now(), isOver = true): void => {
    const trouble = troubles.get(what);
    if (trouble === undefined) return;
    troubles.delete(what);
    const milliseconds = Math.round(by - trouble.since);
    if (milliseconds >= TOLD_MS) onDegraded({ what, milliseconds, isOver, retries: trouble.retries, reason: trouble.reason });
  };
  /** A node that others stand in for is found to be back again only by asking it. */
  const probe = async (): Promise<void> => {
    const all = await clientsNow();
    for (const [at, node] of nodes.entries()) {
      const trouble = at === current ? undefined : troubles.get(node);
      if (trouble === undefined || performance.now() - trouble.probed < PROBE_MS) continue;
      trouble.probed = performance.now();
      (all[at] as QdrantClient).versionInfo().then(
        () => recovered(node),
        () => {},
      );
    }
  };
  return {
    ask: async (run, { signal, retryMs: most = retryMs } = {}) => {
      const all = await clientsNow();
      if (troubles.size > 0) void probe();
      let since: number | undefined;
      for (let attempt = 0; ; attempt++) {
        throwIfStopped(signal);
        const at = current;
        const node = nodes[at] as string;
        const asked = performance.now();
        try {
          const answer = await unlessStopped(run(all[at] as QdrantClient), signal);
          hasAnswered = true;
          recovered(node, asked);
          // Others may still be refused: only who was itself tells that it is over.
          if (attempt > 0) recovered('cluster', asked);
          return answer;
        } catch (error) {
          const fault = faultOf(error);
          if (fault === 'final') throw translated(error, shown);
          const now = performance.now();
          since ??= now;
          failed(fault === 'connection' ? node : 'cluster', error);
          if (now - since > (hasAnswered ? Math.min(most, retryMs) : Math.min(most, retryMs, FIRST_MS)))
            throw unreachable(error, shown, now - since);
          if (at === current) current = (at + 1) % nodes.length;
          // Another node is asked at once; once all were, after a pause.
          const round = Math.floor(attempt / nodes.length);
          if ((attempt + 1) % nodes.length === 0)
            await pause(pauses[Math.min(round, pauses.length - 1)], undefined, { signal }).catch(() => {});
        }
      }
    },
    nodes: async () => (await clientsNow()).map((client, at) => ({ node: nodes[at] as string, client })),
    close: () => {
      // What lasts is told too; who was never there was no part of it.
      if (hasAnswered) for (const what of [...troubles.keys()]) recovered(what, performance.now(), false);
    },
  };
}

const warn =
  (shown: string) =>
  ({ what, milliseconds, isOver, retries, reason }: Degraded): void => {
    const which = what === 'cluster' ? 'its cluster refused' : `${what} did not answer`;
    const time = `${(milliseconds / 1000).toFixed(1)} s`;
    process.emitWarning(
      `${shown} ${isOver ? `was degraded for ${time}` : `is degraded, for ${time} by now`}: ${which} (${reason}). ${retries === 1 ? 'One request was' : `${retries} requests were`} asked again; nothing that was acknowledged is lost.`,
      { code: 'FINETOOTH_DEGRADED' },
    );
  };

const unreachable = (error: unknown, shown: string, milliseconds: number): FinetoothError =>
  new FinetoothError(
    'E_DATABASE',
    `${shown} cannot be used: ${reasonOf(error)}${milliseconds < 10_000 ? '' : `, for ${Math.round(milliseconds / 1000)} s`}. Start it, or give the address where it is.`,
    { cause: error },
  );

/** The client takes no signals: who is stopped leaves the request to its end. */
function unlessStopped<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      try {
        throwIfStopped(signal);
      } catch (error) {
        reject(error);
      }
    };
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
