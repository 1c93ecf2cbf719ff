/** Writes llms.txt: the pages with a sentence each, for agents (https://llmstxt.org). `npm run docs` runs it, and a test holds the file to the pages. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const docs = join(import.meta.dirname, '..', 'docs');

/** Pages that are logs of tests, or for who carries the project on. */
const optional = new Set([
  ...[
    'api-keys.md',
    'clients.md',
    'clients-python.md',
    'faults.md',
    'architecture.md',
    'dependencies.md',
    'releasing.md',
    'stability.md',
    'migration.md',
  ],
]);

export function llmsText(): string {
  const pages = readdirSync(docs)
    .filter((name) => name.endsWith('.md') && name !== 'README.md')
    .sort();
  const line = (name: string): string => {
    const { title, sentence } = headOf(readFileSync(join(docs, name), 'utf8'));
    return `- [${title}](docs/${name})${sentence === '' ? '' : `: ${sentence}`}`;
  };
  return `# Finetooth

> Two-stage search for TypeScript: embed, retrieve and rerank on your own machine. Library, command line, HTTP server, MCP server, and an evaluation harness.

Install with \`npm install finetooth\` (Node 22.13 or newer). The command line explains itself: \`npx finetooth COMMAND --help\`.

## Docs
- [README](README.md): what it is, first examples, and when not to use it.
${pages
  .filter((name) => !optional.has(name))
  .map(line)
  .join('\n')}

## Optional
${pages
  .filter((name) => optional.has(name))
  .map(line)
  .join('\n')}
`;
}

/** The heading of a page, and its first sentence in words. */
function headOf(text: string): { readonly title: string; readonly sentence: string } {
  const [, title = ''] = /^# (.+)$/m.exec(text) ?? [];
  const paragraph = text
    .replace(/^```.*?^```$/gms, '')
    .split(/\n{2,}/)
    .map((one) => one.replaceAll('\n', ' ').trim())
    .find((one) => one !== '' && !/^[#|<!>-]/.test(one) && !one.startsWith('Made from'));
  const plain = (paragraph ?? '').replace(/\[([^\]]+)\]\([^)]*\)/g, '$1');
  const [sentence = ''] = /^.*?[.:](?=\s|$)/.exec(plain) ?? [plain];
  return { title, sentence: sentence.replace(/:$/, '.') };
}
