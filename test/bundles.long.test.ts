import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Finished, installInto, mustRun, packAll, run, type Tarball, whyUnreachable } from '../scripts/trial-install.ts';
import { nativePackage } from '../src/model/run/missing-runtime.ts';
import { chromiumPath, noChromium } from './support/chromium.ts';

const root = join(import.meta.dirname, '..');
const made: string[] = [];
const newFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'finetooth-bundles-'));
  made.push(folder);
  return folder;
};

/** Versions that docs/install.md names. */
const next = ['next@16.4.6', 'react@19.3.1', 'react-dom@19.3.1'];
const tools = ['webpack@5.113.0', 'bun@1.4.5', 'deno@2.9.6', 'pnpm@12.21.0', 'yarn@1.22.22'];
const program = `import { rerank } from 'finetooth';
const texts = ['A quiet lake in summer', 'A bat guards the city at night'];
const { results } = await rerank('winged animal in town', texts);
console.log(JSON.stringify(results.map(({ index, relevanceScore }) => [index, relevanceScore])));
`;

let unreachable: string | undefined;
let tarballs: readonly Tarball[] = [];
/** A project that npm made, the tools beside it, and what the program prints there under Node. */
let [user, beside, expected] = ['', '', ''];

beforeAll(async () => {
  unreachable = await whyUnreachable();
  if (unreachable !== undefined) return;
  // What reranking alone needs.
  const models = ['@finetooth/model-bge-small-en-v1.5', '@finetooth/model-ms-marco-minilm-l-12-v2'];
  const wanted = ['finetooth', nativePackage, ...models];
  tarballs = (await packAll(await newFolder())).filter(({ name }) => wanted.includes(name));
  user = (await installInto(tarballs, { flags: ['--omit=optional', '--prefer-offline'] })).folder;
  made.push(user);
  beside = await newFolder();
  await writeFile(join(beside, 'package.json'), '{ "private": true }');
  await mustRun('npm', ['install', ...tools, '--prefer-offline', '--no-audit', '--no-fund'], { cwd: beside });
  await writeFile(join(user, 'program.js'), program);
  expected = (await mustRun('node', ['program.js'], { cwd: user })).stdout;
}, 600_000);
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});
beforeEach((ctx) => {
  if (unreachable !== undefined) ctx.skip(unreachable);
});

const tool = (name: string): string => join(beside, 'node_modules', '.bin', name);
const inUser = (command: string, ...words: readonly string[]): Promise<Finished> => run(command, words, { cwd: user });
const esbuild = (...words: readonly string[]): Promise<Finished> =>
  inUser(join(root, 'node_modules', '.bin', 'esbuild'), ...words, '--bundle', '--format=esm');

describe('a program that is bundled', () => {
  it('by esbuild with packages external gives the same scores', async () => {
    const built = await esbuild('program.js', '--platform=node', '--packages=external', '--outfile=out/external.mjs');
    expect(built.status, built.stderr).toBe(0);
    expect((await inUser('node', 'out/external.mjs')).stdout).toBe(expected);
  });

  it('by esbuild with everything inside is told to leave finetooth out', async () => {
    // Optional parts that are not installed stay outside, so that there is a bundle at all.
    const outside = ['@orama/*', '@ai-sdk/*', '@lancedb/*', '@observablehq/*', '@qdrant/*', '@vscode/*', '@opentelemetry/*'];
    const more = ['apache-arrow', 'linkedom', 'onnxruntime-node', 'franc', 'pg', 'unpdf', 'ai', '@finetooth/runtime-wasm', 'js-tiktoken'];
    const words = [...outside, ...more].map((name) => `--external:${name}`);
    // Those of its dependencies that are CommonJS ask for "require".
    const banner = `--banner:js=import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);`;
    const built = await esbuild('program.js', '--platform=node', ...words, banner, '--outfile=out/inside.mjs');
    expect(built.status, built.stderr).toBe(0);
    const { status, stderr } = await inUser('node', 'out/inside.mjs');
    expect(status).toBe(1);
    expect(stderr).toMatch(/this program was bundled\. Leave the package "finetooth" out of the bundle/);
  });

  it('by Vite for a server, as it does by itself, gives the same scores', async () => {
    const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
    const built = await inUser('node', vite, 'build', '--ssr', 'program.js', '--outDir', 'out/vite');
    expect(built.status, built.stderr).toBe(0);
    expect((await inUser('node', 'out/vite/program.js')).stdout).toBe(expected);
  });

  it('by webpack with the externals of docs/install.md gives the same scores', async () => {
    await writeFile(
      join(user, 'webpack.mjs'),
      `import webpack from ${JSON.stringify(join(beside, 'node_modules', 'webpack', 'lib', 'index.js'))};
const config = {
  mode: 'production',
  target: 'node22',
  entry: './program.js',
  experiments: { outputModule: true },
  output: { path: ${JSON.stringify(join(user, 'out', 'webpack'))}, filename: 'program.mjs', module: true },
  externalsType: 'module',
  externals: [/^finetooth(\\/|$)/],
};
webpack(config, (error, stats) => {
  if (error || stats.hasErrors()) throw error ?? new Error(stats.toString());
});
`,
    );
    const built = await inUser('node', 'webpack.mjs');
    expect(built.status, built.stderr).toBe(0);
    expect((await inUser('node', 'out/webpack/program.mjs')).stdout).toBe(expected);
  });

  it('by esbuild for a browser measures there', async (ctx) => {
    if (noChromium !== undefined) return ctx.skip(noChromium);
    await writeFile(
      join(user, 'page.js'),
      `import { evaluateRun, meanOf, randomisationTest } from 'finetooth/eval';
const run = new Map([['q', [{ id: 'a', score: 1 }, { id: 'b', score: 0.5 }]]]);
const judgments = new Map([['q', new Map([['b', 1]])]]);
globalThis.measured = [meanOf(run, judgments, 'RR@10'), typeof evaluateRun, typeof randomisationTest];
`,
    );
    const built = await esbuild('page.js', '--platform=browser', '--outfile=out/page.js');
    expect(built.status, built.stderr).toBe(0);
    const browser = await chromium.launch({ executablePath: chromiumPath as string, args: ['--no-sandbox'] });
    try {
      const page = await browser.newPage();
      await page.addScriptTag({ content: readFileSync(join(user, 'out', 'page.js'), 'utf8'), type: 'module' });
      await page.waitForFunction('globalThis.measured !== undefined');
      expect(await page.evaluate('globalThis.measured')).toEqual([0.5, 'function', 'function']);
    } finally {
      await browser.close();
    }
  });
});

describe('a project of Next.js', () => {
  const files = {
    'next.config.mjs': `export default { serverExternalPackages: ['finetooth'] };`,
    'app/layout.jsx': `export default function Layout({ children }) {
  return <html lang="en"><body>{children}</body></html>;
}`,
    'app/page.jsx': `import { rerank } from 'finetooth';
export const dynamic = 'force-dynamic';
export default async function Page() {
  const { results } = await rerank('winged animal in town', ['A quiet lake in summer', 'A bat guards the city at night']);
  return <ol>{results.map(({ index, document }) => <li key={index}>{document}</li>)}</ol>;
}`,
    'app/rerank/route.js': `import { rerank } from 'finetooth';
export async function POST(request) {
  const { query, documents } = await request.json();
  const { results } = await rerank(query, documents);
  return Response.json(results.map(({ index, relevanceScore }) => [index, relevanceScore]));
}`,
  };
  let folder = '';
  const inProject = (...words: readonly string[]) =>
    run('node', [join(folder, 'node_modules', 'next', 'dist', 'bin', 'next'), ...words], { cwd: folder, env: quiet });
  const quiet = { NEXT_TELEMETRY_DISABLED: '1' };

  beforeAll(async () => {
    if (unreachable !== undefined) return;
    ({ folder } = await installInto(tarballs, { flags: [...next, '--prefer-offline'] }));
    made.push(folder);
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
  }, 600_000);

  it('reranks in a route and in a page with the setting of docs/install.md', async () => {
    const built = await inProject('build');
    expect(built.status, built.stdout + built.stderr).toBe(0);
    const server = spawn('node', [join(folder, 'node_modules', 'next', 'dist', 'bin', 'next'), 'start', '-H', '127.0.0.1', '-p', '0'], {
      cwd: folder,
      env: { ...process.env, ...quiet },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      const address = await addressIn(server.stdout);
      const [query, documents] = ['winged animal in town', ['A quiet lake in summer', 'A bat guards the city at night']];
      const answer = await fetch(`${address}/rerank`, { method: 'POST', body: JSON.stringify({ query, documents }) });
      expect(`${await answer.text()}\n`).toBe(expected);
      expect(await (await fetch(address)).text()).toMatch(/<ol><li>A bat guards.*<li>A quiet lake/);
    } finally {
      server.kill();
    }
  });

  it('is not built without it', async () => {
    rmSync(join(folder, 'next.config.mjs'));
    expect((await inProject('build')).status).not.toBe(0);
  });
});

/** Where a server of Next.js says that it listens. */
const addressIn = async (stdout: AsyncIterable<Buffer>): Promise<string> => {
  let said = '';
  for await (const piece of stdout) {
    said += piece;
    const address = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0];
    if (address !== undefined && said.includes('Ready')) return address;
  }
  throw new Error(`next start ended: ${said}`);
};

/** A project whose packages are the tarballs, named so that parts of `finetooth` are taken from them too. */
const project = async (): Promise<string> => {
  const folder = await newFolder();
  const files = Object.fromEntries(tarballs.map(({ name, path }) => [name, `file:${path}`]));
  // Those of other platforms, which no registry has yet.
  const { optionalDependencies } = JSON.parse(readFileSync(join(user, 'node_modules', 'finetooth', 'package.json'), 'utf8')) as {
    optionalDependencies: Readonly<Record<string, string>>;
  };
  const unpublished = Object.keys(optionalDependencies).filter((name) => name.startsWith('@finetooth/'));
  const replaced = { ...Object.fromEntries(unpublished.map((name) => [name, 'npm:empty-npm-package@1.0.0'])), ...files };
  const { finetooth: _, ...parts } = replaced as Record<string, string>;
  await writeFile(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'user', version: '1.0.0', type: 'module', dependencies: files, overrides: parts, resolutions: parts }),
  );
  const lines = Object.entries(parts).map(([name, path]) => `  '${name}': '${path}'`);
  await writeFile(join(folder, 'pnpm-workspace.yaml'), `packages: []\noverrides:\n${lines.join('\n')}\n`);
  await writeFile(join(folder, 'program.js'), program);
  await mkdir(join(folder, 'home'));
  return folder;
};

describe('other package managers and runtimes', () => {
  const withTools = (cwd: string) => ({
    cwd,
    env: {
      PATH: [join(root, 'node_modules', '.bin'), join(beside, 'node_modules', '.bin'), process.env.PATH].join(delimiter),
      npm_config_store_dir: join(cwd, 'home'),
      BUN_INSTALL_CACHE_DIR: join(cwd, 'home'),
      YARN_CACHE_FOLDER: join(cwd, 'home'),
    },
  });

  it.each([
    ['Bun', ['bun', 'install'], ['bun', 'program.js']],
    ['pnpm', ['pnpm', 'install'], ['node', 'program.js']],
    ['yarn 1', ['yarn', 'install', '--ignore-engines'], ['node', 'program.js']],
  ] as const)('%s installs it and it gives the same scores', async (_, [manager, ...words], [runner, ...file]) => {
    const folder = await project();
    await mustRun(tool(manager), words, withTools(folder));
    const { stdout, stderr } = await mustRun(runner === 'node' ? 'node' : tool(runner), file, withTools(folder));
    expect(stdout, stderr).toBe(expected);
  });

  it('Deno runs it from a folder that npm filled', async () => {
    const { stdout, stderr } = await inUser(tool('deno'), 'run', '-A', '--node-modules-dir=manual', 'program.js');
    expect(stdout, stderr).toBe(expected);
  });
});
