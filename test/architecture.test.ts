import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { catalog } from '../src/model/catalog/catalog.ts';

const root = join(import.meta.dirname, '..');
const src = join(root, 'src');
const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
  .map((name) => name.replaceAll('\\', '/'));
/** As `tsconfig.build.json`: what is compiled, packed and installed. */
const product = files.filter((name) => !name.endsWith('.test.ts') && !name.endsWith('-contract.ts'));

interface Import {
  readonly file: string;
  readonly target: string;
  readonly kind: 'static' | 'type' | 'dynamic';
}

const importsOf = (file: string): Import[] => {
  const text = readFileSync(join(src, file), 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
  const found: Import[] = [];
  for (const [, word, types, target] of text.matchAll(/^(import|export)\s+(type\s)?[^;'"]*?from\s+'([^']+)'/gms)) {
    if (word !== undefined) found.push({ file, target: target as string, kind: types === undefined ? 'static' : 'type' });
  }
  for (const [, target] of text.matchAll(/(?:import|require(?:\([^)]*\))?)\(\s*'([^']+)'\s*\)/g))
    found.push({ file, target: target as string, kind: 'dynamic' });
  return found;
};
const imports = product.flatMap(importsOf);

/** Left to right: a folder may import from those further left, never from its own column's others. */
const columns: readonly (readonly string[])[] = [
  ['types.ts'],
  ['errors.ts'],
  ['time'],
  ['math'],
  ['text'],
  ['wording'],
  ['filter'],
  ['fetch'],
  ['read', 'cache'],
  ['model', 'hosted'],
  ['embed', 'rerank', 'store', 'dataset'],
  ['search'],
  ['browser'],
  ['eval'],
  ['assemble'],
  // An adapter of a framework puts parts together as a task does, and is no part of the library that those who have no such framework import.
  ['tasks', 'integrations'],
  ['index.ts', 'rerankers.ts', 'embedders.ts', 'stores.ts', 'hosted.ts', 'plan.ts'],
  ['contracts'],
  ['server'],
  ['cli'],
];
const columnOf = (folder: string): number => columns.findIndex((names) => names.includes(folder));
const folderOf = (file: string): string => file.split('/')[0] as string;

/** What package.json exports, as sources: the public API. */
const entries = Object.values(
  JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).exports as Record<
    string,
    string | { default: string; browser?: { default: string } }
  >,
)
  .flatMap((entry) => (typeof entry === 'string' ? [] : [entry.default, ...(entry.browser === undefined ? [] : [entry.browser.default])]))
  .map((file) => file.replace('./dist/', '').replace(/\.js$/, '.ts'))
  .sort();

describe('the tree is the architecture', () => {
  it('has only folders that the rules know', () => {
    expect([...new Set(product.map(folderOf))].filter((folder) => columnOf(folder) < 0)).toEqual([]);
  });

  it('imports only from its own folder and from folders further left', () => {
    const wrong = imports
      .filter(({ target }) => target.startsWith('.'))
      .map((one) => ({ ...one, to: folderOf(relative(src, resolve(join(src, dirname(one.file)), one.target))) }))
      .filter(({ file, to }) => folderOf(file) !== to && !(columnOf(to) < columnOf(folderOf(file))))
      .filter(({ file, to }) => !(folderOf(file) === 'errors.ts' && to === 'types.ts'));
    expect(wrong.map(({ file, target }) => `${file} imports ${target}`)).toEqual([]);
  });

  it('goes in no circle, by types neither', () => {
    const targets = new Map(product.map((file) => [file, [] as string[]]));
    for (const { file, target, kind } of imports)
      if (target.startsWith('.') && kind !== 'dynamic') targets.get(file)?.push(relative(src, resolve(src, dirname(file), target)));
    const done = new Set<string>();
    const circleFrom = (file: string, path: readonly string[]): readonly string[] | undefined => {
      if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
      if (done.has(file)) return undefined;
      for (const target of targets.get(file) ?? []) {
        const circle = circleFrom(target, [...path, file]);
        if (circle !== undefined) return circle;
      }
      done.add(file);
      return undefined;
    };
    expect(product.flatMap((file) => circleFrom(file, []) ?? [])).toEqual([]);
  });

  it('makes each kind of part in one file', () => {
    const makers: Readonly<Record<string, RegExp>> = {
      'assemble/embedder.ts': /embed\/local\.ts$/,
      'assemble/hosted.ts': /(embed\/hosted|rerank\/parts\/(hosted|language-model))\.ts$/,
      'assemble/reranker.ts': /rerank\/parts\/(late-interaction|cross-encoder)\.ts$/,
      'assemble/store.ts': /store\/(lancedb\/lancedb|memory|qdrant\/engine|postgres\/engine)\.ts$/,
    };
    const wrong = imports
      .filter(({ file, kind }) => kind !== 'type' && !entries.includes(file))
      .filter(({ file, target }) => Object.entries(makers).some(([maker, parts]) => file !== maker && parts.test(target)));
    expect(wrong.map(({ file, target }) => `${file} imports ${target}`)).toEqual([]);
  });

  it('hands nothing on from assemble/ that is made elsewhere', () => {
    const passed = product.filter(
      (file) => file.startsWith('assemble/') && /^export [^;]*?\bfrom '/m.test(readFileSync(join(src, file), 'utf8')),
    );
    expect(passed).toEqual([]);
  });

  it('lets the command line and the server use what the library offers, and nothing behind it', () => {
    const open = /^(errors\.ts|(tasks|assemble|text|wording)\/)/;
    const behind = imports
      .filter(({ file, target, kind }) => kind !== 'type' && /^(cli|server)\//.test(file) && target.startsWith('.'))
      .map(({ file, target }) => ({ file, to: relative(src, resolve(join(src, dirname(file)), target)) }))
      .filter(({ file, to }) => folderOf(to) !== folderOf(file) && !open.test(to) && !entries.includes(to));
    expect(behind.map(({ file, to }) => `${file} imports ${to}`)).toEqual([]);
  });

  it('does in tasks/ what a command does: only its entry hands on what is made elsewhere, and that from tasks/', () => {
    const handing = product
      .filter((file) => file.startsWith('tasks/'))
      .flatMap((file) =>
        [...readFileSync(join(src, file), 'utf8').matchAll(/^export [^;]*?\bfrom '([^']+)'/gm)].map(([, from]) => `${file} from ${from}`),
      );
    expect(handing.filter((one) => !/^tasks\/index\.ts from \.\/[a-z-]+\.ts$/.test(one))).toEqual([]);
  });

  it('loads LanceDB in one place, which gives it threads enough', () => {
    const elsewhere = ['src', 'bench', 'scripts', 'examples', 'test']
      .flatMap((folder) => readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) => `${folder}/${name}`))
      .filter((name) => /\.(ts|js|mjs)$/.test(name) && !name.includes('node_modules') && !name.endsWith('src/store/lancedb/library.ts'))
      // A program of a user's loads LanceDB itself.
      .filter((name) => !name.startsWith('test/integrations/calls/'))
      .filter((name) =>
        /^import (?!type )[^;]*from '@lancedb|(?:^|[^f]\s+)(?:import|require(?:\([^)]*\))?)\(\s*'@lancedb/m.test(
          readFileSync(join(root, name), 'utf8'),
        ),
      );
    expect(elsewhere).toEqual([]);
  });

  it('builds no file that only tests use', () => {
    // The exports of package.json, what bin/ starts, and the worker, which is started by its address.
    const started = [...entries, 'fetch/compile-cache.ts', 'cli/main.ts', 'model/run/worker.ts', 'model/run/probe.ts'];
    const used = new Set([
      ...started,
      ...imports
        .filter(({ target }) => target.startsWith('.'))
        .map(({ file, target }) => relative(src, resolve(src, dirname(file), target))),
    ]);
    expect(product.filter((file) => !used.has(file))).toEqual([]);
    expect(started.filter((file) => !product.includes(file))).toEqual([]);
  });

  it('touches files and sockets only where files and sockets are the work', () => {
    const allowed = [
      /^(time|fetch|read|model|cache|store|dataset|hosted|cli)\//,
      /^eval\/(collection|systems\/journal|judgment-(file|lines))\.ts$/,
      /^(assemble\/(index-folders|file-origins|sample-index|rebuild)|tasks\/(eval-index|index-of|keep-index-of|is-plain-source|list-cache|clear-cache|doctor|providers|models|datasets))\.ts$/,
      // The last asks which addresses are private, and opens nothing.
      /^server\/(listen|page\/files|files\/received-file|auth\/own-hosts)\.ts$/,
    ];
    const wrong = imports.filter(
      ({ file, target }) => /^node:(fs|net|http|https|tls|dgram)/.test(target) && !allowed.some((pattern) => pattern.test(file)),
    );
    expect(wrong.map(({ file, target }) => `${file} imports ${target}`)).toEqual([]);
  });

  it('prints and exits only in cli/', () => {
    const wrong = product.filter(
      (file) =>
        !file.startsWith('cli/') &&
        /console\.|process\.(exit\b|exitCode|stdout|stderr)/.test(readFileSync(join(src, file), 'utf8').replace(/\/\*[\s\S]*?\*\//g, '')),
    );
    expect(wrong).toEqual([]);
  });

  it('writes for people in one place, which makes harmless what strangers wrote', () => {
    const wrong = product.filter(
      (file) =>
        /^cli\//.test(file) &&
        file !== 'cli/terminal.ts' &&
        /(stdout|stderr|output)\.write\(|\\u001b\[/.test(readFileSync(join(src, file), 'utf8')),
    );
    // Codes of colours, the line end behind a question that was left, and keys that begin with Escape.
    expect(wrong).toEqual(['cli/label-keys.ts', 'cli/styled.ts']);
  });
});

describe('what is imported is what is declared', () => {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<
    'dependencies' | 'optionalDependencies' | 'peerDependencies',
    Record<string, string>
  >;
  const declared = { ...manifest.dependencies, ...manifest.optionalDependencies };
  const packageOf = (target: string): string =>
    target
      .split('/')
      .slice(0, target.startsWith('@') ? 2 : 1)
      .join('/');
  const bare = imports.filter(({ target }) => !target.startsWith('.') && !target.startsWith('node:') && packageOf(target) !== 'finetooth');

  it('declares every package that it imports, and imports every one that it declares', () => {
    const used = new Set(bare.map(({ target }) => packageOf(target)));
    for (const { bundled } of catalog) if (bundled !== undefined) used.add(bundled);
    expect([...used].sort()).toEqual(Object.keys({ ...declared, ...manifest.peerDependencies }).sort());
  });

  it('names builtin modules with node:', () => {
    expect(bare.filter(({ target }) => builtinModules.includes(target)).map(({ file, target }) => `${file} imports ${target}`)).toEqual([]);
  });

  it('pins every version', () => {
    expect(Object.entries(declared).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  });

  const frameworks: Readonly<Record<string, string>> = { 'ai-sdk': 'ai', langchain: '@langchain/core', mastra: '@mastra/core' };
  const isOwnFramework = (file: string, name: string): boolean => {
    const [folder, entry = ''] = file.split('/');
    return folder === 'integrations' && frameworks[entry] === name;
  };

  it('imports heavy packages on first use', () => {
    const light = new Set(['commander', 'get-east-asian-width', 'stemmer']);
    // tokenizer.ts runs in workers alone, which exist to load it; the server is imported on first use as a whole, and its schemas with it.
    const wrong = bare.filter(
      ({ file, target, kind }) =>
        kind === 'static' &&
        !light.has(packageOf(target)) &&
        file !== 'model/tokenize/tokenizer.ts' &&
        // The entry of a framework is for those who have it, by an import of their own.
        !isOwnFramework(file, packageOf(target)) &&
        !(target === 'zod' && file.startsWith('server/')),
    );
    const early = imports.filter(({ file, target, kind }) => kind === 'static' && /server\//.test(target) && !file.startsWith('server/'));
    expect(early.map(({ file, target }) => `${file} imports ${target}`)).toEqual([]);
    expect(wrong.map(({ file, target }) => `${file} imports ${target}`)).toEqual([]);
  });
});

describe('files are short and named alike', () => {
  it('keeps every file under 400 lines, tables excepted', () => {
    const tables = new Set(['search/plan.ts', 'model/catalog/catalog.ts', 'cli/options.ts']);
    const long = files.filter((file) => !tables.has(file) && readFileSync(join(src, file), 'utf8').split('\n').length > 400);
    expect(long).toEqual([]);
  });

  it('reads every file from the top: what it exports stands above what that calls', () => {
    const inverted = product.filter((file) => {
      const lines = readFileSync(join(src, file), 'utf8').split('\n');
      const exported = lines.findIndex((line) => /^export (async )?function/.test(line));
      const own = lines.findIndex((line) => /^(async )?function/.test(line));
      return own >= 0 && own < exported;
    });
    expect(inverted).toEqual([]);
  });

  it('has no utils, helpers, common or core', () => {
    expect(files.filter((file) => /(^|\/)(utils?|helpers?|common|core)(\/|\.)/.test(file))).toEqual([]);
  });
});
