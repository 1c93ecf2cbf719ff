/** The examples in the comments of public names, compiled and run in a folder that holds what they speak of. */
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../scripts/trial-install.ts';
import { type PublicName, publicNames } from './support/doc-examples.ts';
import { testReport } from './support/eval-report.ts';
import type { Program, Ran } from './support/run-programs.ts';

const root = join(import.meta.dirname, '..');
export const names = publicNames();
export type Example = PublicName & { readonly example: string };
export const withExample = names.filter(({ example }) => example !== undefined) as readonly Example[];

/** What is compiled and not run, by name or by entry, and why. */
export const notRun: Readonly<Record<string, string>> = {
  'finetooth/browser': 'needs a page: test/browser does it',
  'finetooth/contracts': 'needs a test runner: examples/contracts.ts is run by one',
  'finetooth/mastra': 'needs Mastra: test/integrations/mastra.test.ts and frameworks.long.test.ts run the same calls',
  calibrate: 'reads a collection: test/calibrate.test.ts does it',
  checkModel: 'needs a model with examples: src/tasks/check-model.test.ts has one',
  doctor: 'tries everything there is: src/tasks/doctor.test.ts does it',
  evaluate: 'reads a collection: examples/evaluate.ts is run',
  hosted: 'needs a key of Cohere: test/vendors asks a server that speaks its protocol',
  hostedEmbedder: 'needs a key of Together: test/vendors does it',
  hybridReranker: 'needs a table of LanceDB: test/integrations/lancedb.test.ts has one',
  label: 'needs judgments: test/label.test.ts gives some',
  openSparseEmbedder: 'needs a model: test/sparse-models.test.ts has one',
  postgresStore: 'needs a database: test/databases.test.ts has one',
  qdrantStore: 'needs a database: test/databases.test.ts has one',
  serveMcp: 'runs until its client is gone: test/mcp does it',
  tune: 'reads a collection: test/tasks.test.ts does it',
};
export const reasonOf = ({ name, from }: PublicName): string | undefined => notRun[name] ?? notRun[from];

/** The lines of the compiler that name an error. */
export async function compileExamples(folder: string): Promise<readonly string[]> {
  fill(folder, join(folder, 'work'));
  for (const { name, example } of withExample) writeFileSync(join(folder, `${name}.ts`), `${example}\nexport {};\n`);
  const lib = ['es2024', 'dom'];
  const compilerOptions = { target: 'es2024', module: 'nodenext', strict: true, skipLibCheck: true, noEmit: true, types: ['node'], lib };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: withExample.map(({ name }) => `${name}.ts`) }));
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const { stdout } = await run(process.execPath, [compiler, '-p', folder], { cwd: folder });
  return stdout.split('\n').filter((line) => line.includes('error'));
}

/** Those that threw, wrote to standard error, or printed something else than they say, in one process. */
export async function failedExamples(folder: string, examples: readonly Example[]): Promise<readonly Omit<Ran, 'took'>[]> {
  const cwd = join(folder, 'work');
  fill(folder, cwd);
  const programs: Program[] = [{ file: join(folder, 'made.ts'), cwd }];
  for (const { name, example } of examples) {
    const file = join(folder, `run-${name}.ts`);
    writeFileSync(file, told(example));
    programs.push({ file, cwd });
  }
  writeFileSync(join(folder, 'programs.json'), JSON.stringify(programs));
  const flags = ['--experimental-strip-types', '--disable-warning=ExperimentalWarning'];
  const runner = join(root, 'test', 'support', 'run-programs.ts');
  const { status, stderr } = await run(process.execPath, [...flags, runner, join(folder, 'programs.json')], {
    cwd: folder,
    env: { ...noKeys, FINETOOTH_CACHE: join(folder, 'cache'), NODE_OPTIONS: '' },
    limit: 600_000,
  });
  if (status !== 0 || stderr !== '') throw new Error(`the examples ended with ${status}:\n${stderr}`);
  const ran = JSON.parse(readFileSync(join(folder, 'RAN.json'), 'utf8')) as Ran[];
  if (ran.length !== programs.length) throw new Error(`of ${programs.length} programs ${ran.length} ran`);
  return ran.filter((one) => one.stderr !== '' || one.wrong.length > 0).map(({ took, ...one }) => one);
}

/** The example, in which what is printed is compared with the comment behind it. */
const told = (example: string): string =>
  example.replace(/console\.log\((.*)\);(?: \/\/ (.*))?$/gm, (_, values, said = '…') => `says(${JSON.stringify(said)}, ${values});`);

const noKeys = Object.fromEntries(
  Object.keys(process.env)
    .filter((name) => name.endsWith('_API_KEY'))
    .map((name) => [name, '']),
);

/** What the examples speak of, and the packages that they import. */
function fill(folder: string, work: string): void {
  mkdirSync(join(folder, 'node_modules'), { recursive: true });
  symlinkSync(root, join(folder, 'node_modules', 'finetooth'));
  for (const name of ['ai', '@langchain', '@lancedb', '@types'])
    symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  mkdirSync(join(work, 'notes'), { recursive: true });
  const save = (name: string, text: string): void => writeFileSync(join(work, name), text);
  symlinkSync(join(root, 'samples', 'films'), join(work, 'films'));
  save('movies.json', JSON.stringify(films));
  save('notes/dog.md', '# Pepe\nThe dog takes his medicine in liver sausage.\n');
  save('notes/cat.md', '# Minka\nThe cat sleeps.\n');
  save('pipelines.json', '[{ "name": "quick", "reranker": ["late-interaction"] }]');
  save('qrels.txt', 'q1 0 a 1\nq1 0 b 0\n');
  save('run.trec', 'q1 Q0 a 1 0.9 mine\nq1 Q0 b 2 0.8 mine\n');
  save('prices.json', '{ "cohere:rerank-v3.5": { "searches": 2 } }');
  save('report.json', JSON.stringify(testReport()));
  writeFileSync(
    join(folder, 'made.ts'),
    `import { writeFileSync } from 'node:fs';
import { openIndex, readDocuments } from 'finetooth';
import { openModel } from 'finetooth/embedders';
import { lateInteraction } from 'finetooth/rerankers';
const index = await openIndex('./movies', { create: { fields: ['title', 'overview'] } });
await index.addRead(readDocuments('movies.json'));
await index.close();
const encoder = await openModel();
const { fingerprint } = lateInteraction(encoder);
const file = { format: 'finetooth-calibration-1', reranker: fingerprint, method: 'platt', calibration: { slope: 20, intercept: -14 }, fittedOn: { queries: 50, pairs: 500, relevant: 60 } };
writeFileSync('calibration.json', JSON.stringify(file));
await encoder.close();
`,
  );
}

const films = [
  { id: 'jaws', title: 'Jaws', overview: 'A shark comes too near to the beach.', year: 1975 },
  { id: 'escape', title: 'The Great Escape', overview: 'Prisoners of war dig three tunnels.', year: 1963 },
  { id: 'alien', title: 'Alien', overview: 'Something is aboard the ship.', year: 1979 },
  { id: 'heat', title: 'Heat', overview: 'A heist goes wrong and a detective follows.', year: 1995 },
  { id: 'batman', title: 'Batman Begins', overview: 'A hero who fears bats guards the city.', year: 2005 },
  { id: 'ratatouille', title: 'Ratatouille', overview: 'A rat cooks in Paris.', year: 2007 },
];
