import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CommandSpec } from '../src/cli/command.ts';
import { allCommands } from '../src/cli/commands.ts';
import { type OptionSpec, options } from '../src/cli/options.ts';
import { errorTable } from '../src/errors.ts';
import { ran } from './support/ran.ts';

const commands = await allCommands();
/** Where commands write what they write. */
const folder = mkdtempSync(join(tmpdir(), 'finetooth-flags-'));
const before = process.cwd();
beforeAll(() => process.chdir(folder));
afterAll(() => {
  process.chdir(before);
  rmSync(folder, { recursive: true, force: true });
});

const large = 'x'.repeat(10_000_000);
const values = [
  '',
  ' ',
  'x',
  '-1',
  '+5',
  '5.5',
  '1e3',
  '0x10',
  '٣',
  'NaN',
  'Infinity',
  '99999999999999999999',
  'true',
  'null',
  '{}',
  'a\0b',
  ',',
  'a,,b',
  'a:b',
];

/** What a command says of words that it does not take, and its exit status; nothing is done but to read them. */
async function read(spec: CommandSpec, words: readonly string[]): Promise<{ readonly status: number; readonly said: string }> {
  const { status, stderr } = await ran([...spec.name.split(' '), ...words], { specs: [{ ...spec, run: async () => {} }] });
  return { status, said: stderr };
}

/** As many words as the command must have. */
const wordsOf = ({ takes }: CommandSpec): readonly string[] => takes.filter((one) => one.startsWith('<')).map(() => 'no-such');
const isRight = (option: OptionSpec, value: string): boolean => {
  if (value === '') return false;
  const number = Number(value);
  switch (option.kind) {
    case 'count':
      return /^\d+$/.test(value) && number >= option.least && number <= option.most;
    case 'share':
      return value.trim() !== '' && number >= 0 && number <= 1;
    case 'choice':
      return option.choices.includes(value);
    case 'level':
      return option.choices.includes(value) || (/^\d+$/.test(value) && number >= option.least && number <= option.most);
    case 'names':
      return value.split(',').every((name) => name.trim() !== '');
    case 'types':
      return value.split(',').every((part) => option.types.includes(part.split(':')[1] ?? ''));
    default:
      return true;
  }
};

/** Flags that several commands have are tried where the first one has them. */
const tried = new Set<string>();

describe.each(commands.map((spec) => [spec.name, spec] as const))('finetooth %s', (_, spec) => {
  const flags = spec.options.map((name): OptionSpec => options[name]);

  it('takes of each flag what is of its kind, and refuses the rest with status 2', async () => {
    const wrong: string[] = [];
    for (const option of flags.filter(({ kind, name }) => kind !== 'flag' && !tried.has(name))) {
      tried.add(option.name);
      for (const value of [...values, large]) {
        const { status, said } = await read(spec, [...wordsOf(spec), `--${option.name}=${value}`]);
        const isAsWanted = isRight(option, value) ? status === 0 : status === errorTable.E_USAGE.exit && said.startsWith('E_USAGE: ');
        if (!isAsWanted || said.length > 25_000) wrong.push(`--${option.name}=${value.slice(0, 20)}: ${status} ${said.slice(0, 200)}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('refuses a flag without its value, one that there is not, and one wrong value of two', async () => {
    for (const words of [['--no-such-flag'], ...flags.filter(({ kind }) => kind !== 'flag').map(({ name }) => [`--${name}`])])
      expect([words, await read(spec, [...wordsOf(spec), ...words])]).toEqual([
        words,
        { status: 2, said: expect.stringMatching(/^E_USAGE: /) },
      ]);
    const count = flags.find(({ kind }) => kind === 'count') as (OptionSpec & { least: number }) | undefined;
    if (count === undefined) return;
    const right = `--${count.name}=${count.least}`;
    expect((await read(spec, [...wordsOf(spec), right, right])).status).toBe(0);
    expect((await read(spec, [...wordsOf(spec), `--${count.name}=x`, right])).status).toBe(2);
  });
});

/** Commands that end by themselves where their input is not there. */
const quick = [
  'index',
  'search',
  'rerank',
  'embed',
  'status',
  'delete',
  'verify',
  'backup',
  'restore',
  'compact',
  'export',
  'eval',
  'tune',
  'calibrate',
];

describe.each(
  commands.filter(({ name }) => quick.includes(name)).map((spec) => [spec.name, spec] as const),
)('finetooth %s, run', (_, spec) => {
  it('ends with a code and its status, whatever stands for a text', async () => {
    const wrong: string[] = [];
    const env = { FINETOOTH_CACHE: join(folder, 'cache'), HF_HUB_OFFLINE: '1', FINETOOTH_QUIET: '1' };
    const texts = spec.options
      .map((name): OptionSpec => options[name])
      .filter(({ kind }) => ['text', 'many', 'filter', 'names'].includes(kind));
    for (const option of [undefined, ...texts])
      for (const value of ['a\0b', 'x'.repeat(5000), '\u{d800}', '{"a":']) {
        const words = option === undefined ? spec.takes.map(() => value) : [...wordsOf(spec), `--${option.name}=${value}`];
        const { status, stderr } = await ran([...spec.name.split(' '), ...words, ...place(spec, option?.name)], { env });
        const code = /^(E_[A-Z_]+): /m.exec(stderr)?.[1] as keyof typeof errorTable | undefined;
        const isCoded = code !== undefined && code !== 'E_BUG' && errorTable[code].exit === status;
        if (status !== 0 && !isCoded) wrong.push(`${words.map((word) => word.slice(0, 40)).join(' ')}: ${status} ${stderr.slice(0, 300)}`);
      }
    expect(wrong).toEqual([]);
  });
});

/** Where an index lies, or would: not here. */
function place({ options: names }: CommandSpec, but: string | undefined): readonly string[] {
  return (['in', 'into', 'to'] as const)
    .filter((name) => (names as readonly string[]).includes(name) && name !== but)
    .map((name) => `--${name}=./no-such`);
}

describe('a file of pipelines', () => {
  it.each([
    ['null', '{"name":"x","candidates":null}'],
    ['a word for a number', '{"name":"x","candidates":"10"}'],
    ['a negative number', '{"name":"x","candidates":-1}'],
    ['a large number', '{"name":"x","candidates":1e999}'],
    ['a number for a name', '{"name":5}'],
    ['an empty name', '{"name":""}'],
    ['an object for a list', '{"name":"x","reranker":{}}'],
    ['a list of numbers', '{"name":"x","reranker":[1]}'],
    ['a filter that is none', '{"name":"x","filter":5}'],
    ['a list in a list', '[[{"name":"x"}]]'],
    ['nothing', '[]'],
    ['a key twice misspelt', '{"name":"x","candidate":10}'],
    ['a long text', `{"name":"${'x'.repeat(100_000)}","firstStage":"dens"}`],
    ['no JSON', '{"name":"x"\0}'],
  ])('with %s is refused with a code', async (_, text) => {
    writeFileSync(join(folder, 'pipelines.json'), text);
    const { status, stderr } = await ran(['eval', '--data', 'no-such', '--pipelines', 'pipelines.json']);
    const code = /^(E_[A-Z_]+): /.exec(stderr)?.[1] as keyof typeof errorTable;
    expect(['E_USAGE', 'E_INPUT_FORMAT']).toContain(code);
    expect([status, stderr.includes('pipelines.json')]).toEqual([errorTable[code].exit, true]);
  });
});
