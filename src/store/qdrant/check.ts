import { messageOf } from '../../errors.ts';
import type { CallOptions } from '../../types.ts';
import type { EngineFinding } from '../engine.ts';
import { NEAREST, recallFinding, recallOf } from '../recall.ts';
import { type QdrantAddress, readAddress, shownAddress } from './address.ts';
import { checkVersion, collectionsOf, type Opened } from './collection.ts';
import { reasonOf } from './faults.ts';
import { waitsForGraph } from './graph.ts';
import { indexesFor, VECTOR, vectorIn } from './points.ts';
import { EF } from './qdrant.ts';
import { connectNodes, type Requests } from './requests.ts';

/** Vectors of the index that are looked for again. */
const SAMPLE = 50;

/** What can be told of a Qdrant, and of the index in it, without changing anything. */
export async function checkQdrant(address: string, { signal }: CallOptions = {}): Promise<readonly EngineFinding[]> {
  const parsed = readAddress(address);
  const shown = shownAddress(address);
  const requests = connectNodes(parsed, shown, { retryMs: 500 });
  const findings: EngineFinding[] = [];
  try {
    findings.push(...(await checkNodes(requests, parsed)));
    const version = await checkVersion(requests, shown);
    findings.push({ name: 'version', state: 'ok', found: `Qdrant ${version}` });
    const opened = await collectionsOf(requests, parsed.name, shown, parsed).now();
    if (opened === undefined)
      return [...findings, { name: 'index', state: 'warning', found: 'there is none yet', advice: (say) => say.makeIndex(shown) }];
    findings.push(indexState(opened), ...missingIndexes(opened), ...replication(opened), ...quantized(opened));
    findings.push(...(await checkReplicas(requests, opened)));
    if (opened.points > 0) findings.push(...(await measureRecall(requests, opened, parsed, signal)));
  } catch (error) {
    findings.push({ name: 'database', state: 'broken', found: messageOf(error) });
  } finally {
    requests.close();
  }
  return findings;
}

async function checkNodes(requests: Requests, { apiKey }: QdrantAddress): Promise<EngineFinding[]> {
  const findings: EngineFinding[] = [];
  for (const { node, client } of await requests.nodes()) {
    const host = node.replace(/^https?:\/\//, '');
    try {
      await client.versionInfo();
      findings.push({ name: 'node', state: 'ok', found: `${host} answers` });
    } catch (error) {
      findings.push({
        name: 'node',
        state: 'broken',
        found: `${host} does not answer: ${reasonOf(error)}`,
        advice: 'Start it, or take it out of the address.',
      });
    }
    if (apiKey !== undefined && node.startsWith('http:') && !/^(localhost|127\.|\[::1\])/.test(host))
      findings.push({
        name: 'key',
        state: 'warning',
        found: `the key goes to ${host} as it is, for whoever listens on the way`,
        advice: 'Set up TLS there and write qdrant+https:// in the address.',
      });
  }
  return findings;
}

function indexState(opened: Opened): EngineFinding {
  const { info, points } = opened;
  const { status, optimizer_status } = info;
  const vectors = info.indexed_vectors_count ?? 0;
  const found = `${points} passages, ${vectors} vectors and lists of words indexed, ${status}`;
  if (status === 'red' || typeof optimizer_status === 'object')
    return {
      name: 'index',
      state: 'broken',
      found: `${found}: ${JSON.stringify(optimizer_status)}`,
      advice: 'Look into the log of the server.',
    };
  if (status === 'grey')
    return {
      name: 'index',
      state: 'warning',
      found: `${found}: it is indexed on the next write`,
      advice: 'Write to it, or restart the server less often.',
    };
  if (waitsForGraph(opened) && points > 0)
    return {
      name: 'index',
      state: 'warning',
      found: `${found}: its first run of writes has not ended, and every vector is compared until then`,
      advice: 'Wait for it, or compact the index.',
    };
  if (status === 'yellow')
    return { name: 'index', state: 'warning', found: `${found}: it is being indexed, and searches take longer until it is` };
  return { name: 'index', state: 'ok', found };
}

function missingIndexes({ info, manifest }: Opened): EngineFinding[] {
  const missing = Object.keys(indexesFor(manifest)).filter((field) => !Object.hasOwn(info.payload_schema, field));
  if (missing.length === 0)
    return [{ name: 'payload indexes', state: 'ok', found: `${Object.keys(info.payload_schema).length}, none is missing` }];
  return [
    { name: 'payload indexes', state: 'warning', found: `${missing.join(', ')} missing: filters are slow`, advice: 'Compact the index.' },
  ];
}

/** Most of two replicas are both: whoever states that loses writes with either. */
function replication({ info }: Opened): EngineFinding[] {
  const { shard_number = 1, replication_factor = 1, write_consistency_factor = 1 } = info.config.params;
  const found = `${shard_number} shards, ${replication_factor} replicas, ${write_consistency_factor} must have a write`;
  if (replication_factor > 1 && write_consistency_factor >= replication_factor)
    return [
      {
        name: 'replication',
        state: 'warning',
        found: `${found}: writes are refused while one node is down`,
        advice: 'Three replicas of which two must have a write lose nothing and go on.',
      },
    ];
  return [{ name: 'replication', state: 'ok', found }];
}

function quantized({ info }: Opened): EngineFinding[] {
  const isQuantized = JSON.stringify(info.config.params.vectors).includes('"scalar"');
  return [{ name: 'quantization', state: 'ok', found: isQuantized ? 'int8 in memory, scored again by the originals' : 'none' }];
}

async function checkReplicas(requests: Requests, { collection }: Opened): Promise<EngineFinding[]> {
  const { local_shards, remote_shards, shard_transfers } = await requests.ask((client) => client.collectionClusterInfo(collection));
  const inactive = [...local_shards, ...remote_shards].filter(({ state }) => state !== 'Active');
  if (inactive.length === 0) return [];
  const found = `${inactive.length} of ${local_shards.length + remote_shards.length} are not active (${[...new Set(inactive.map(({ state }) => state))].join(', ')}), ${shard_transfers.length} are being copied`;
  return [{ name: 'replicas', state: 'warning', found, advice: 'Start the nodes that are down; the others stand in for them.' }];
}

/** How many of the nearest that comparing every vector finds an ordinary search finds too. */
async function measureRecall(
  requests: Requests,
  { collection, info }: Opened,
  { ef = EF }: QdrantAddress,
  signal: AbortSignal | undefined,
): Promise<readonly EngineFinding[]> {
  const { points } = await requests.ask(
    (client) => client.query(collection, { query: { sample: 'random' }, limit: SAMPLE, with_vector: [VECTOR] }),
    { signal },
  );
  const isQuantized = JSON.stringify(info.config.params.vectors).includes('"scalar"');
  const measured = await recallOf(points, async (point, exact) => {
    const query = [...(vectorIn(point) ?? [])];
    const params = { exact, hnsw_ef: ef, ...(isQuantized && { quantization: { rescore: true, oversampling: 2 } }) };
    const answer = await requests.ask(
      (client) => client.query(collection, { query, using: VECTOR, params, limit: NEAREST, with_payload: false }),
      { signal },
    );
    return answer.points;
  });
  const advice = `Give a larger ef in the address, as in ?ef=${ef * 2}, or wait until it is indexed.`;
  return measured === undefined ? [] : [recallFinding(measured, `, ef ${ef}`, advice)];
}
