import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { finetooth, workFolder } from '../../test/finetooth.ts';
import { ran } from '../../test/support/ran.ts';
import { harmless } from '../wording/terminal-text.ts';
import { allCommands } from './commands.ts';
import { jsonLine } from './terminal.ts';

const commands = await allCommands();

/** Sets a title, clears the screen, colours, rings, turns text around, and begins a command with one character of eight bits. */
const evil = '\u001b]0;owned\u0007\u001b[2J\u001b[31m evil \u202e\u009b2J\r\u2066';
/** None of them but line ends and tabs. */
const commanding = /(?![\n\t\u200c\u200d])[\p{Cc}\p{Cf}\u2028\u2029]/u;
/** Bold, faint, the colour of a match and of a bar, and their ends; a line of progress that is taken away. */
const own = /\u001b\[(?:1|2|22|32|39|1;33|22;39)m|\r\u001b\[K/g;

describe('text for people', () => {
  it('has a mark for what could command a terminal; emoji and joined letters stay whole', () => {
    expect(harmless(evil)).not.toMatch(commanding);
    expect(harmless('a \n b')).toBe('a b');
    expect(harmless('👨\u200d💻 می\u200cخواهم')).toBe('👨\u200d💻 می\u200cخواهم');
    expect(harmless('soft\u00adhyphen\u200b')).toBe('softhyphen');
  });
  it('is data in JSON: escaped, and read as the same', () => {
    const value = { [evil]: evil, tag: '\u{e0001}', joined: '👨\u200d💻' };
    expect(jsonLine(value)).not.toMatch(commanding);
    expect(JSON.parse(jsonLine(value))).toEqual(value);
  });
});

describe('a stranger who wrote a document, a name or a query commands no terminal', () => {
  const folder = workFolder();
  const at = (name: string): string => join(folder, name);
  const file = (name: string, documents: readonly object[]): string => {
    writeFileSync(at(name), documents.map((one) => JSON.stringify(one)).join('\n'));
    return at(name);
  };
  const films = file('films.jsonl', [
    { id: `a${evil}`, title: `${evil} title`, text: `bats fly ${evil} at night. They hunt ${evil}.`, [`field${evil}`]: evil },
    { id: 'b', title: 'Wheat', text: 'the price of bread', [`field${evil}`]: 'x' },
  ]);
  const twice = file(
    'twice.jsonl',
    [evil, evil].map((id, i) => ({ id, text: String(i) })),
  );
  const odd = file('odd.jsonl', [{ [`x${evil}`]: 'a' }]);
  const notes = file(`note${evil.replaceAll('/', '')}.jsonl`, [{ id: 'n', text: 'a note' }]);
  const data = folder;
  file('corpus.jsonl', [
    { _id: 'a', text: 'bats fly' },
    { _id: 'b', text: 'wheat rises' },
  ]);
  const queries = file('queries.jsonl', [
    { _id: `q${evil}`, text: `bats ${evil}` },
    { _id: 'r', text: 'wheat' },
  ]);
  writeFileSync(at('test.tsv'), `query-id\tcorpus-id\tscore\nr\tb\t1\n`);
  const index = at('index');
  const gone = at(`gone${evil}`);
  const byWords = ['--reranker', 'none', '--first-stage', 'bm25'];
  const missing = `z${evil}\nE_OK: fine`;

  beforeAll(async () => {
    expect(await ran(['index', films, '--into', index, '--id', 'id', '--fields', 'title,text'])).toMatchObject({ status: 0 });
  });

  /** Every command, where it succeeds or fails, and whatever a stranger may have written of it. */
  const cases: readonly (readonly [...words: string[]])[] = [
    ['demo', evil, '--embedder', missing],
    ['index', notes, '--into', at(`other${evil}`)],
    ['index', twice, '--into', at('i2'), '--id', 'id'],
    ['index', films, '--into', at('i3'), '--fields', `y${evil}`],
    ['search', `bats ${evil}`, '--in', index, '--explain', '--facets', `field${evil}`, '--group-by', `field${evil}`],
    ['search', `bats ${evil}`, '--in', index, ...byWords],
    ['search', `bats ${evil}`, '--in', index, '--compare', ...byWords],
    ['search', `bats ${evil}`, '--in', index, ...byWords, '--filter', `title = "${missing}"`],
    ['search', `bats`, '--in', index, '--filter', evil],
    ['search', 'bats', '--in', index, '--json', ...byWords],
    ['search', `--${evil}`],
    ['rerank', 'bats', films, '--explain'],
    ['rerank', 'bats', odd, '--rank-fields', `y${evil}`],
    ['rerank', 'bats', at(missing)],
    ['rerank', 'bats', at(missing), '--json'],
    ['embed', films],
    ['key', '--name', evil],
    ['eval', '--data', data, '--qrels', at('test.tsv'), '--pipelines', gone],
    ['eval', '--run', gone, '--qrels', at('test.tsv')],
    ['tune', '--data', gone],
    ['calibrate', '--data', gone, '--reranker', evil],
    ['delete', missing, '--in', index],
    ['status', '--in', index],
    ['status', '--in', gone],
    ['verify', '--in', index],
    ['verify', '--in', gone],
    ['compact', '--in', gone],
    ['backup', '--in', index, '--to', at(`copy${evil}`)],
    ['restore', '--from', at(`copy${evil}`), '--into', at('restored')],
    ['restore', '--from', gone, '--into', index],
    ['export', '--in', index, '--to', at(`out${evil}.jsonl`)],
    ['export', '--in', index, '--to', gone],
    ['models', 'list', '--models', gone],
    ['models', 'pull', missing, '--offline'],
    ['models', 'verify', '--models', gone],
    ['models', 'where', '--cache', gone],
    ['cache', '--cache', gone],
    ['cache', missing, '--clear', '--cache', gone],
    ['models', 'check', missing, '--offline'],
    ['models', 'recommend', '--language', evil],
    ['providers', missing],
    ['datasets', 'list', '--datasets', gone],
    ['datasets', 'pull', missing, '--offline'],
    ['doctor', '--embedder', missing, '--offline'],
    [missing],
    ['serve', '--in', gone],
    ['ui', '--in', gone],
    ['mcp', '--in', gone],
    ['label', '--in', gone, '--queries', queries],
  ];

  it('is tried at every command', () => {
    expect(commands.map(({ name }) => name).filter((name) => !cases.some((words) => words.join(' ').startsWith(name)))).toEqual([]);
  });

  it.each(
    cases.map((words, i) => [i, words[0]?.startsWith('z') ? 'no command' : words[0], words] as const),
  )('by case %i, %s', async (_, name, words) => {
    const piped = await ran(words);
    expect(piped.stdout).not.toMatch(commanding);
    expect(piped.stderr).not.toMatch(commanding);
    expect(piped.stderr).not.toMatch(/^E_OK/m);
    expect(`${piped.stdout}${piped.stderr}`).not.toContain('E_BUG');
    // A model is loaded each time: once is enough.
    if (['index', 'rerank', 'embed', 'doctor'].includes(name ?? '') || words.includes('--explain')) return;
    const live = await ran(words, { columns: 80 });
    expect(live.stdout.replace(own, '')).not.toMatch(commanding);
    expect(live.stderr.replace(own, '')).not.toMatch(commanding);
    if (words[0] === 'search' && words.includes('--json'))
      expect(JSON.stringify(JSON.parse(piped.stdout))).toContain(JSON.stringify(evil).slice(1, -1));
  });

  it('by the screen of label, and by a server that shows its indexes', async () => {
    const labelled = await finetooth(['label', '--in', index, '--queries', queries, '--judgments', at('judged')], { input: 'xq' });
    expect(labelled.stderr).toContain('evil');
    expect(`${labelled.stdout}${labelled.stderr}`).not.toMatch(commanding);
    const served = await finetooth(['serve', '--in', index, '--port', '0', '--log-level', 'debug'], {
      watch: (text, child) => (text.includes('listening') || text.includes('level') ? child.kill('SIGTERM') : undefined),
    });
    expect(`${served.stdout}${served.stderr}`).not.toMatch(commanding);
  });

  it('has colours where someone looks, and none in a pipe unless told', async () => {
    const words = ['search', 'bats at night', '--in', index, ...byWords];
    const seen = async (options: Parameters<typeof ran>[1]): Promise<boolean> => (await ran(words, options)).stdout.includes('\u001b[');
    expect(await seen({})).toBe(false);
    expect(await seen({ env: { FORCE_COLOR: '1' } })).toBe(true);
    expect(await seen({ columns: 80 })).toBe(true);
    expect(await seen({ columns: 80, env: { NO_COLOR: '1' } })).toBe(false);
    expect(await seen({ columns: 80, env: { FORCE_COLOR: '0' } })).toBe(false);
  });
});
