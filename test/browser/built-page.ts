/** The example page, and one for tests, as a bundler builds them from the sources; and a server that has them and the models. */
import { createReadStream, mkdtempSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join, normalize } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';
import { startServer, type TestServer } from '../servers/http.ts';

const root = join(import.meta.dirname, '..', '..');
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
};

export interface BuiltPage {
  readonly folder: string;
  /** Name, text and bytes when packed of every script that was made, the runtime's own apart. */
  readonly scripts: readonly { readonly name: string; readonly text: string; readonly packed: number }[];
}

export async function buildPages(): Promise<BuiltPage> {
  const folder = mkdtempSync(join(tmpdir(), 'finetooth-page-'));
  await build({
    root,
    publicDir: false,
    configFile: false,
    logLevel: 'silent',
    base: './',
    resolve: { alias: { 'finetooth/browser': join(root, 'src', 'browser', 'index.ts') } },
    worker: { format: 'es' },
    build: {
      ...{ outDir: folder, emptyOutDir: true, target: 'es2022' },
      rolldownOptions: { input: [join(root, 'examples/browser/index.html'), join(root, 'test/browser/probe.html')] },
    },
  });
  const scripts = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.m?js$/.test(name) && !/ort[.-]/.test(name))
    .map((name) => {
      const text = readFileSync(join(folder, name), 'utf8');
      return { name, text, packed: gzipSync(text).length };
    });
  return { folder, scripts };
}

/** `…/models/NAME/` has the files of a bundled model; what `damaged` names has a byte that is not its own. */
export const servePage = (folder: string, damaged: (path: string) => boolean = () => false): Promise<TestServer> =>
  startServer((_, response, path) => {
    const [, model] = /\/models\/([\w.-]+\/[\w.-]+)$/.exec(path) ?? [];
    const file = model === undefined ? join(folder, normalize(path)) : join(root, 'models', model);
    const found = statSync(file, { throwIfNoEntry: false });
    if (found === undefined || !found.isFile()) return void response.writeHead(404).end();
    response.writeHead(200, { 'content-type': types[extname(file)] ?? 'application/octet-stream', 'content-length': found.size });
    if (damaged(path)) return void response.end(readFileSync(file).fill(0x20, 0, 1));
    createReadStream(file).pipe(response);
  });
