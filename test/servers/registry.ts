import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { sendStatus, startServer, type TestServer } from './http.ts';

const header = (path: string, bytes: number, type: string): Buffer => {
  const block = Buffer.alloc(512);
  block.write(path.slice(0, 100), 0);
  block.write('0000644\0', 100);
  block.write('0000000\0', 108);
  block.write('0000000\0', 116);
  block.write(`${bytes.toString(8).padStart(11, '0')}\0`, 124);
  block.write('00000000000\0', 136);
  block.write('        ', 148);
  block.write(type, 156);
  block.write('ustar\x0000', 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
};

const padded = (bytes: Buffer): Buffer => Buffer.concat([bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]);

/** A pax record states its own length, digits included. */
const paxRecord = (key: string, value: string): Buffer => {
  const rest = ` ${key}=${value}\n`;
  let length = Buffer.byteLength(rest) + 1;
  while (Buffer.byteLength(`${length}${rest}`) !== length) length++;
  return Buffer.from(`${length}${rest}`);
};

/** A tar archive as npm makes them; paths of more than 100 characters get a pax header. */
export const tarOf = (members: Readonly<Record<string, Buffer>>, padding: number = 1024): Buffer => {
  const blocks: Buffer[] = [];
  for (const [path, body] of Object.entries(members)) {
    if (path.length > 100) {
      const record = paxRecord('path', path);
      blocks.push(header('PaxHeader', record.length, 'x'), padded(record));
    }
    blocks.push(header(path, body.length, '0'), padded(body));
  }
  return Buffer.concat([...blocks, Buffer.alloc(padding)]);
};

export interface RegistryOptions {
  /** Stated instead of the true one. */
  readonly integrity?: string;
  /** Only requests with this bearer token are answered. */
  readonly token?: string;
  /** Bytes of the archive that are sent before the connection is left open without a further byte. */
  readonly stallAfter?: number;
  /** Zeros behind the archive's end. @default 1024 */
  readonly padding?: number;
}

/** An npm registry that holds one version of one package. */
export const startRegistry = async (
  name: string,
  version: string,
  members: Readonly<Record<string, Buffer>>,
  options: RegistryOptions = {},
): Promise<TestServer> => {
  const archive = gzipSync(tarOf(members, options.padding));
  const integrity = options.integrity ?? `sha512-${createHash('sha512').update(archive).digest('base64')}`;
  const server: TestServer = await startServer((request, response, path) => {
    if (options.token !== undefined && request.headers.authorization !== `Bearer ${options.token}`) return sendStatus(response, 401);
    if (path === '/archive.tgz') {
      response.writeHead(200, { 'content-length': String(archive.length) });
      if (options.stallAfter === undefined) response.end(archive);
      else response.write(archive.subarray(0, options.stallAfter));
      return;
    }
    if (path !== `/${name}`) return sendStatus(response, 404);
    const manifest = { name, version, dist: { tarball: `${server.url}/archive.tgz`, integrity } };
    const packument = { name, 'dist-tags': { latest: version }, versions: { [version]: manifest } };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(packument));
  });
  return server;
};
