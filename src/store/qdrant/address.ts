import { FinetoothError } from '../../errors.ts';
import { nearestName } from '../../wording/nearest-name.ts';

/** What the query string of an address may state, each once: form, range, default, sentence. */
export const addressOptions = {
  shards: {
    kind: 'integer',
    from: 1,
    to: 1000,
    about: 'Parts that the collection is split into when it is made, each on one node, or on as many as there are replicas. @default 1',
  },
  replicas: {
    kind: 'integer',
    from: 1,
    to: 20,
    about: 'Nodes that each shard is kept on, when it is made. @default 1: what a node has is gone with it',
  },
  consistency: {
    kind: 'integer',
    from: 1,
    to: 20,
    about:
      'Replicas that must have a write before it is acknowledged, when it is made. @default most of them from three on, so that writes go on while one is down; of two 1, since most of two are both, and writes would be refused then',
  },
  quantization: {
    kind: 'choice',
    of: ['none', 'int8'],
    about:
      'How vectors are kept in memory, when it is made; int8: in a quarter, the originals on disk, by which what is found is scored again. @default none',
  },
  'on-disk': {
    kind: 'boolean',
    about:
      'Whether vectors, their graph and the indexes over fields are read from disk, when it is made: slower, and for little memory. @default false',
  },
  ef: {
    kind: 'integer',
    from: 16,
    to: 10_000,
    about: 'Candidates that an approximate search keeps: more find more and take longer. @default 512',
  },
  nodes: {
    kind: 'list',
    about: 'Further nodes, host:port, with a comma between them: the next one is asked when one does not answer. @default none',
  },
} as const;

export type AddressOption = keyof typeof addressOptions;

/** How a collection is made, and asked. */
export interface QdrantOptions {
  readonly shards?: number;
  readonly replicas?: number;
  readonly consistency?: number;
  readonly quantization?: 'none' | 'int8';
  readonly onDisk?: boolean;
  readonly ef?: number;
}

export interface QdrantAddress extends QdrantOptions {
  /** Base addresses of the nodes, the first one first: `http://host:6333`. */
  readonly nodes: readonly string[];
  /** Of the index. */
  readonly name: string;
  readonly apiKey?: string;
}

/** The port of Qdrant's REST interface. */
const PORT = 6333;

export const schemes = ['qdrant', 'qdrant+https'] as const;
export const example = 'qdrant://localhost:6333/films';

/** Between the name of an index and what its collections and other aliases are for. */
export const GAP = '--';
const STAGED = 'staged-';

/** Letters and digits of any script, dots, hyphens and underscores; "--" stands between it and what collections and aliases are for. */
const nameForm = /^[\p{L}\p{N}][\p{L}\p{N}._-]{0,99}$/u;

/** Reads `qdrant://[key@]host[:6333][/prefix]/films?shards=3`. Throws E_USAGE for what it cannot read. */
export function readAddress(address: string): QdrantAddress {
  const url = urlOf(address);
  const protocol = url.protocol === 'qdrant+https:' ? 'https' : 'http';
  const parts = url.pathname.split('/').filter(Boolean).map(decoded);
  const name = parts.pop() ?? '';
  const prefix = parts.length === 0 ? '' : `/${parts.map(encodeURIComponent).join('/')}`;
  const [base, stage] = splitStaged(name);
  if (!nameForm.test(base) || base.includes(GAP) || (stage !== undefined && !/^[0-9a-f]+$/.test(stage)))
    throw new FinetoothError(
      'E_USAGE',
      `${shownAddress(address)} names no index: behind the host comes a name of letters, digits, dots, single hyphens and underscores, as in ${example}.`,
    );
  const { nodes = [], onDisk, ...options } = optionsIn(url, address);
  const hosts = [`${url.hostname}:${url.port || PORT}`, ...nodes];
  const key = decoded(url.password || url.username) || process.env.QDRANT_API_KEY;
  return { ...options, onDisk, name, nodes: hosts.map((host) => `${protocol}://${host}${prefix}`), apiKey: key || undefined };
}

/** The address without the key in it. */
export function shownAddress(address: string): string {
  return address.replace(/^([a-z+]+:\/\/)[^/?#]*@/i, '$1');
}

/** The address of another index beside that one. */
export function siblingAddress(address: string, name: string): string {
  const url = urlOf(address);
  url.pathname = `${url.pathname.split('/').slice(0, -1).join('/')}/${encodeURIComponent(name)}`;
  return url.href;
}

export const stagedName = (name: string, stage: string): string => `${name}${GAP}${STAGED}${stage}`;

/** The name of an index that is being made in the place of another, and what tells it from others. */
export function splitStaged(name: string): readonly [base: string, stage: string | undefined] {
  const [base = '', stage] = name.split(`${GAP}${STAGED}`);
  return [base, stage];
}

function urlOf(address: string): URL {
  let url: URL | undefined;
  try {
    url = new URL(address);
  } catch {}
  if (url === undefined || !(schemes as readonly string[]).includes(url.protocol.slice(0, -1)) || url.hostname === '')
    throw new FinetoothError('E_USAGE', `"${shownAddress(address)}" is not the address of an index in Qdrant, such as ${example}.`);
  return url;
}

function optionsIn(url: URL, address: string) {
  const found: Record<string, unknown> = {};
  for (const [name, text] of url.searchParams) {
    const known = Object.keys(addressOptions);
    if (!Object.hasOwn(addressOptions, name)) {
      const near = nearestName(name, known);
      throw new FinetoothError(
        'E_USAGE',
        `there is no option "${name}" in ${shownAddress(address)}.${near === undefined ? '' : ` Did you mean "${near}"?`} There are ${known.join(', ')}.`,
      );
    }
    found[name === 'on-disk' ? 'onDisk' : name] = valueIn(name as AddressOption, text);
  }
  return found as QdrantOptions & { readonly nodes?: readonly string[] };
}

function valueIn(name: AddressOption, text: string): unknown {
  const option = addressOptions[name];
  const refused = (takes: string) => new FinetoothError('E_USAGE', `"${name}" in an address of Qdrant takes ${takes}; got "${text}".`);
  if (option.kind === 'integer') {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < option.from || value > option.to)
      throw refused(`a whole number from ${option.from} to ${option.to}`);
    return value;
  }
  if (option.kind === 'choice') {
    if (!(option.of as readonly string[]).includes(text)) throw refused(option.of.join(' or '));
    return text;
  }
  if (option.kind === 'boolean') {
    if (text !== 'true' && text !== 'false') throw refused('true or false');
    return text === 'true';
  }
  const hosts = text.split(',').map((host) => host.trim());
  if (hosts.some((host) => !/^(\[[0-9a-f:]+\]|[^\s/@:]+)(:\d{1,5})?$/i.test(host))) throw refused('host:port,host:port');
  return hosts.map((host) => (/:\d+$/.test(host) ? host : `${host}:${PORT}`));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
