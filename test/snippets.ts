/** The blocks of code of README and docs, and a folder in which they run as they do with who copies them. */
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { type Finished, run } from '../scripts/trial-install.ts';

export const root = join(import.meta.dirname, '..');
export const pages = ['README.md', ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`)]
  .filter((name) => name.endsWith('.md'))
  .sort();

export interface Snippet {
  readonly page: string;
  readonly language: string;
  readonly text: string;
  /** First line that is no import. */
  readonly title: string;
}

export const snippets = pages.flatMap((page): Snippet[] =>
  [...readFileSync(join(root, page), 'utf8').matchAll(/^```(js|mjs|ts|sh|bash)\n(.*?)^```$/gms)].map(([, language, text]) => ({
    page,
    language: language as string,
    text: text as string,
    title: ((text as string).split('\n').find((line) => line !== '' && !line.startsWith('import ')) ?? '').slice(0, 70),
  })),
);

/** What is not run, by page and a piece of it that no other has, and why. Its syntax is checked all the same. */
export const notRun: readonly (readonly [page: string, piece: string, reason: string])[] = [
  ['README.md', 'npm ci && npm start', 'needs a clone'],
  ['README.md', 'npm install finetooth', 'installs from a registry: test/package.test.ts does it from tarballs'],
  ['README.md', 'npx finetooth search "a film about bats"', 'needs a key of Cohere'],
  ['README.md', 'npx finetooth serve', 'runs until it is stopped: test/server does it'],
  ['README.md', 'new CohereClientV2', 'needs a package of Cohere and a running server: test/clients does it'],
  ['docs/formats.md', '--watch', 'runs until it is stopped: test/watch-folder.test.ts does it'],
  ['docs/applications.md', 'finetooth serve', 'runs until it is stopped: test/server does it'],
  ['docs/scale.md', '://', 'needs a database: test/databases.test.ts runs the same commands'],
  ['docs/scale.md', 'new pg.Pool', 'needs a database: src/store/postgres/postgres.test.ts passes a pool'],
  ['docs/commands.md', '', 'shows every command with files that the reader has'],
  [
    'docs/evaluation.md',
    'finetooth',
    'needs judgments of the reader: test/evaluate.test.ts and test/calibrate.test.ts run the same commands',
  ],
  ['docs/integrations.md', 'new FinetoothVector', 'needs Mastra: test/integrations/frameworks.long.test.ts runs the same calls'],
  ['docs/integrations.md', 'npm install', 'installs from a registry: test/integrations does it'],
  ['docs/hosted.md', 'export TOGETHER_API_KEY', 'needs a key of Together'],
  ['docs/hosted.md', 'createCohere()', 'needs packages and keys of two vendors: test/vendors/ai-sdk.test.ts runs such models'],
  ['docs/quick-start.md', 'npm install finetooth', 'installs from a registry: test/package.test.ts does it from tarballs'],
  [
    'docs/embedders.md',
    'finetooth index',
    'needs models that are downloaded: test/embedders.test.ts and test/late-models.test.ts run such ones',
  ],
  ['docs/browser.md', 'npm install', 'installs from a registry: test/package.test.ts does it from tarballs'],
  ['docs/browser.md', 'createBrowser', 'needs a page: test/browser does it'],
  ['docs/mcp.md', './notes', 'needs notes of the reader, and runs until its client is gone: test/mcp does it'],
  ['docs/mcp.md', 'claude mcp add', 'needs Claude Code'],
  ['docs/mcp.md', '--http', 'runs until it is stopped: test/mcp does it'],
  ['docs/mcp.md', 'serveMcp', 'runs until its client is gone: test/mcp does it'],
  ['docs/install.md', 'finetooth cache', 'deletes what the reader has: test/cache-command.test.ts runs the same commands'],
  ['docs/sparse.md', './index', 'needs a sparse model that is downloaded: test/sparse-search.test.ts runs such ones'],
  ['docs/install.md', 'npm install finetooth', 'installs from a registry: test/package.test.ts does it from tarballs'],
  ['docs/releasing.md', 'npm run release', 'publishes: test/package.test.ts packs and installs the same tarballs'],
  ['docs/serving.md', 'finetooth serve', 'runs until it is stopped: test/server does it'],
  ['docs/serving.md', 'curl', 'needs a running server: test/server does it'],
  [
    'docs/vectors.md',
    'products.parquet',
    'needs vectors of the reader, and a key of OpenAI: test/vectors-doors.test.ts runs the same commands',
  ],
  ['docs/words.md', './artikel', 'needs texts of the reader: src/search/word-analysis.test.ts makes such indexes'],
  ['docs/vectors.md', '@query.json', 'needs a vector of the reader: test/vectors-doors.test.ts runs the same command'],
];
export const reasonOf = ({ page, text, language }: Snippet): string | undefined =>
  notRun.find(([where, piece]) => where === page && text.includes(piece) && (piece !== 'finetooth' || language === 'sh'))?.[2];

/** The files that the pages speak of, in a folder that holds nothing else but the built package. */
export const fillFor = (folder: string): void => {
  mkdirSync(join(folder, 'node_modules', '.bin'), { recursive: true });
  symlinkSync(root, join(folder, 'node_modules', 'finetooth'));
  symlinkSync('../finetooth/bin/finetooth.js', join(folder, 'node_modules', '.bin', 'finetooth'));
  // What a reader of docs/integrations.md has beside it.
  for (const scope of ['@langchain', '@lancedb']) mkdirSync(join(folder, 'node_modules', scope));
  for (const name of ['ai', '@langchain/core', '@lancedb/lancedb', 'zod'])
    symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  const films = readFileSync(join(root, 'samples', 'films', 'corpus.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .slice(0, 40);
  writeFileSync(join(folder, 'movies.json'), `[${films.join(',')}]`);
  writeFileSync(join(folder, 'qrels.txt'), 'q1 0 a 1\nq1 0 b 0\nq2 0 b 2\n');
  writeFileSync(join(folder, 'a.trec'), 'q1 Q0 a 1 0.9 a\nq1 Q0 b 2 0.8 a\nq2 Q0 b 1 0.7 a\n');
  writeFileSync(join(folder, 'b.trec'), 'q1 Q0 b 1 0.9 b\nq1 Q0 a 2 0.8 b\nq2 Q0 b 1 0.7 b\n');
};

const isolated = (folder: string, node: string) => ({
  cwd: folder,
  env: {
    PATH: [dirname(node), join(folder, 'node_modules', '.bin'), process.env.PATH].join(delimiter),
    FINETOOTH_CACHE: join(folder, 'cache'),
    ...Object.fromEntries(
      Object.keys(process.env)
        .filter((name) => name.endsWith('_API_KEY'))
        .map((name) => [name, '']),
    ),
  },
});

/** Runs a snippet, or has it looked at alone. */
export const startIn = (folder: string, node: string, { language, text }: Snippet, checkOnly: boolean): Promise<Finished> => {
  const file = join(folder, language === 'sh' || language === 'bash' ? 'snippet.sh' : `snippet.${language === 'js' ? 'mjs' : language}`);
  writeFileSync(file, text);
  if (file.endsWith('.sh')) return run('bash', [checkOnly ? '-n' : '-e', file], isolated(folder, node));
  const words = language === 'ts' ? ['--experimental-strip-types', '--disable-warning=ExperimentalWarning'] : [];
  return run(node, [...words, ...(checkOnly ? ['--check'] : []), file], isolated(folder, node));
};
