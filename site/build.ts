/** Builds the documentation site into site/dist: the pages of the repository, its examples, and a reference of every public name made from the types. */
import { execFileSync } from 'node:child_process';
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { entries } from './entries.ts';
import { assetOf, pageOf, rewriteLinks } from './links.ts';
import { finishReference } from './reference.ts';
import { sections } from './sections.ts';

const here = import.meta.dirname;
const root = join(here, '..');
const content = join(here, 'content');

await rm(content, { recursive: true, force: true });
await mkdir(join(content, 'public'), { recursive: true });
const decisions = filesIn('decisions', '.md');
const examples = filesIn('examples', '.ts');
const pages = [...sections.flatMap(({ pages }) => pages), ...decisions];
const held = new Set([...pages, ...examples]);
for (const file of pages) await addPage(file, await readFile(join(root, file), 'utf8'));
for (const file of examples) await addExample(file, await readFile(join(root, file), 'utf8'));
await cp(join(here, 'home.md'), join(content, 'index.md'));
await cp(join(root, 'ui', 'style', 'icon.svg'), join(content, 'public', 'icon.svg'));
run('typedoc', ['--options', join(here, 'typedoc.json'), ...entries.map(({ file }) => join(root, file))]);
await finishPages(join(content, 'api'));
run('vitepress', ['build', here]);

async function finishPages(folder: string): Promise<void> {
  const pages = new Map(
    globSync('**/*.md', { cwd: folder }).map((name) => [name.replaceAll('\\', '/'), readFileSync(join(folder, name), 'utf8')]),
  );
  for (const [name, text] of finishReference(pages, entries)) await writeFile(join(folder, name), text);
}

function filesIn(folder: string, extension: string): readonly string[] {
  return readdirSync(join(root, folder))
    .filter((name) => name.endsWith(extension))
    .map((name) => `${folder}/${name}`)
    .sort();
}

async function addPage(file: string, text: string): Promise<void> {
  const { text: rewritten, assets } = rewriteLinks(file, text, {
    holds: (linked) => held.has(linked),
    exists: (linked) => existsSync(join(root, linked)),
  });
  await save(pageOf(file), rewritten);
  for (const asset of assets) {
    await mkdir(dirname(join(content, 'public', assetOf(asset))), { recursive: true });
    await cp(join(root, asset), join(content, 'public', assetOf(asset)));
  }
}

/** The comment at its head, and the program. */
async function addExample(file: string, text: string): Promise<void> {
  const about = /^\/\*\*\s*([\s\S]*?)\s*\*\//.exec(text)?.[1]?.replace(/\n \* ?/g, ' ');
  await save(pageOf(file), `# ${file.replace(/^examples\/|\.ts$/g, '')}\n\n${about ?? ''}\n\n\`\`\`ts\n${text}\`\`\`\n`);
}

async function save(page: string, text: string): Promise<void> {
  const path = join(content, page);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

/** A program of the site's own packages, with the Node that runs this. */
function run(name: string, args: readonly string[]): void {
  const manifest = join(here, 'node_modules', name, 'package.json');
  const { bin } = JSON.parse(readFileSync(manifest, 'utf8')) as { bin: string | Record<string, string> };
  const file = join(dirname(manifest), typeof bin === 'string' ? bin : (bin[name] as string));
  execFileSync(process.execPath, [file, ...args], { cwd: here, stdio: ['ignore', 'inherit', 'inherit'] });
}
