/** The server under load: against its own model, past its capacity, over many requests, and beside servers that others would write. */
import { spawn } from 'node:child_process';
import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import autocannon from 'autocannon';
import { resolveModel } from '../../src/model/files.ts';
import { startChild } from '../child.ts';
import { threads } from '../contenders/contender.ts';
import type { ListAnswer } from '../contenders/list.ts';
import { type List, listsOfLength, passageLists } from '../lists.ts';
import { runPython, servePython } from '../python-peer.ts';
import { type Bar, fixed, type Table, type Workload } from '../report.ts';

const requirements = 'requirements-serving';
const MODEL = 'ms-marco-minilm-l-12-v2';
const SECONDS = 20;
const CLIENTS = 64;
const PEER_CLIENTS = 16;
const SHORT_TOKENS = 32;
const REQUESTS = 20_000;

interface Address {
  readonly url: string;
  readonly pid: number;
  close(): void;
}

const serveOurs = async (): Promise<Address> => {
  const child = spawn(process.execPath, [join(import.meta.dirname, '..', 'contenders', 'serving.ts')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const { value, done } = (await lines.next()) as IteratorResult<string, undefined>;
  if (done) throw new Error('the server ended before it listened');
  return { url: (JSON.parse(value as string) as { url: string }).url, pid: child.pid as number, close: () => void child.kill('SIGTERM') };
};

const bodyOf = (list: List, ours: boolean): string => {
  const { query, texts } = list;
  return JSON.stringify(ours ? { model: MODEL, query, documents: texts } : { query, texts });
};

interface Load {
  /** Lists a second that were answered well. */
  readonly rate: number;
  readonly p50: number;
  readonly p99: number;
  readonly refused: number;
  readonly errors: number;
}

/** Fires lists at a server, in turn; latencies are of the good answers alone. */
const load = async (url: string, bodies: readonly string[], clients: number, more: Partial<autocannon.Options> = {}): Promise<Load> => {
  const good: number[] = [];
  let refused = 0;
  let errors = 0;
  const began = performance.now();
  await new Promise<void>((resolve, reject) => {
    const instance = autocannon(
      {
        url,
        connections: clients,
        timeout: 120,
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        requests: bodies.map((body) => ({ method: 'POST', path: new URL(url).pathname, body })),
        // Where an amount is given, that counts.
        duration: SECONDS,
        ...more,
      },
      (error) => (error ? reject(error) : resolve()),
    );
    instance.on('response', (_client, status, _bytes, milliseconds) => {
      if (status === 200) good.push(milliseconds);
      else if (status === 429) refused++;
      else errors++;
    });
    instance.on('reqError', () => {
      errors++;
    });
  });
  const seconds = (performance.now() - began) / 1000;
  good.sort((a, b) => a - b);
  const at = (share: number): number => good[Math.min(good.length - 1, Math.floor(share * good.length))] ?? Number.NaN;
  return { rate: good.length / seconds, p50: at(0.5), p99: at(0.99), refused, errors };
};

/** Lists a second of the model alone, one list after another. */
const rawRate = async (lists: readonly List[]): Promise<number> => {
  const child = startChild('contenders/reranking.ts');
  try {
    await child.ask<ListAnswer>(lists[0]);
    let spent = 0;
    let answered = 0;
    while (spent < SECONDS * 1000) {
      spent += (await child.ask<ListAnswer>(lists[answered % lists.length])).milliseconds;
      answered++;
    }
    return (answered * 1000) / spent;
  } finally {
    await child.close();
  }
};

/** Resident memory of a process, megabytes. */
const residentOf = async (pid: number): Promise<number> => {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB/m.exec(await readFile(`/proc/${pid}/status`, 'utf8')) ?? [];
  return (Number(kilobytes) * 1024) / 1e6;
};

const row = (name: string, { rate, p50, p99, refused, errors }: Load): (string | number)[] => [
  name,
  fixed(rate, 2),
  fixed(p50, 0),
  fixed(p99, 0),
  refused,
  errors,
];

export const serving: Workload = {
  about: `finetooth serve: ${CLIENTS} clients, ten times as many, ${REQUESTS} requests, and FastAPI peers with the same weights; ${threads} threads each`,
  run: async ({ say }) => {
    const folder = await mkdtemp(join(tmpdir(), 'finetooth-serving-'));
    const peers: Address[] = [];
    try {
      const short = listsOfLength(40, 25, SHORT_TOKENS);
      say('the model alone');
      const raw = await rawRate(short);
      const ours = await serveOurs();
      peers.push(ours);
      const bodies = short.map((list) => bodyOf(list, true));
      say(`${CLIENTS} clients`);
      const full = await load(`${ours.url}/v2/rerank`, bodies, CLIENTS);
      const offered = Math.round(10 * full.rate);
      say(`${offered} requests a second`);
      const over = await load(`${ours.url}/v2/rerank`, bodies, CLIENTS * 10, { overallRate: offered });
      say(`${CLIENTS * 10} clients that do not wait`);
      const storm = await load(`${ours.url}/v2/rerank`, bodies, CLIENTS * 10);

      const tiny = listsOfLength(40, 1, 16).map((list) => bodyOf(list, true));
      const memory: number[] = [];
      for (let sent = 0; sent < REQUESTS; sent += 1000) {
        say(`memory: ${sent} of ${REQUESTS} requests`);
        await load(`${ours.url}/v2/rerank`, tiny, 16, { amount: 1000 });
        memory.push(await residentOf(ours.pid));
      }
      const half = memory.slice(memory.length / 2);
      const growth = Math.max(...half) - Math.min(...half);

      say('peers');
      const { modelPath } = await resolveModel(MODEL, { offline: true });
      await runPython('float_weights.py', [dirname(modelPath), folder], requirements);
      await copyFile(modelPath, join(folder, 'int8.onnx'));
      const { about, lists } = await passageLists(40, 25);
      const mixed = { ours: lists.map((list) => bodyOf(list, true)), others: lists.map((list) => bodyOf(list, false)) };
      const results: Record<string, Load> = {};
      say('mixed lengths: finetooth');
      results.finetooth = await load(`${ours.url}/v2/rerank`, mixed.ours, PEER_CLIENTS);
      ours.close();
      for (const kind of ['sentence-transformers', 'onnxruntime']) {
        const peer = await servePython('serve_peer.py', [kind, folder, threads], { requirements, threads });
        peers.push(peer);
        await load(`${peer.url}/rerank`, mixed.others.slice(0, 1), 1, { amount: 2 });
        say(`mixed lengths: ${kind}`);
        results[kind] = await load(`${peer.url}/rerank`, mixed.others, PEER_CLIENTS);
        peer.close();
      }
      const rateOf = (name: string): number => results[name]?.rate ?? Number.NaN;
      const columns = ['', 'lists a second', 'p50 ms', 'p99 ms', '429', 'errors'];
      const tables: Table[] = [
        {
          title: `25 passages of ${SHORT_TOKENS} tokens a list, the cross-encoder by name`,
          columns,
          rows: [
            ['the model alone, one list after another', fixed(raw, 2), '', '', '', ''],
            row(`${CLIENTS} clients`, full),
            row(`${offered} requests a second from ${CLIENTS * 10} clients`, over),
            row(`${CLIENTS * 10} clients that ask again at once, whatever Retry-After says`, storm),
          ],
        },
        {
          title: `25 passages a list, ${PEER_CLIENTS} clients: ${about}`,
          columns,
          rows: Object.entries(results).map(([name, one]) => row(name, one)),
        },
        {
          title: 'memory of the server, megabytes, after thousands of requests',
          columns: ['1', '5', '10', '15', '20'],
          rows: [[0, 4, 9, 14, 19].map((at) => fixed(memory[at] ?? Number.NaN, 0))],
        },
      ];
      const bars: Bar[] = [
        {
          claim: `${CLIENTS} clients get at least 90 % of what the model alone does, without an error`,
          got: `${fixed((100 * full.rate) / raw, 0)} %, ${full.errors} errors`,
          holds: full.rate >= 0.9 * raw && full.errors + full.refused === 0,
        },
        {
          claim: 'at ten times the capacity (requests a second) the accepted ones take at most twice as long, and the rest get 429',
          got: `p50 ${fixed(over.p50 / full.p50, 2)} x, p99 ${fixed(over.p99 / full.p99, 2)} x, ${over.refused} refused, ${over.errors} errors`,
          holds: over.p50 <= 2 * full.p50 && over.p99 <= 2 * full.p99 && over.errors === 0 && over.refused > 0,
        },
        {
          claim: 'memory is flat over the second half of the requests: within 5 %',
          got: `${fixed(growth, 1)} of ${fixed(Math.max(...half), 0)} MB`,
          holds: growth <= 0.05 * Math.max(...half),
        },
        {
          claim: 'at least 2.5 times the throughput of sentence-transformers fp32 behind FastAPI',
          got: `${fixed(rateOf('finetooth') / rateOf('sentence-transformers'), 2)} x`,
          holds: rateOf('finetooth') >= 2.5 * rateOf('sentence-transformers'),
        },
        {
          claim: 'at least 1.2 times the throughput of onnxruntime on the same file behind FastAPI',
          got: `${fixed(rateOf('finetooth') / rateOf('onnxruntime'), 2)} x`,
          holds: rateOf('finetooth') >= 1.2 * rateOf('onnxruntime'),
        },
      ];
      return { tables, bars, raw: { raw, full, over, storm, memory, results, about } };
    } finally {
      for (const peer of peers) peer.close();
      await rm(folder, { recursive: true, force: true });
    }
  },
};
