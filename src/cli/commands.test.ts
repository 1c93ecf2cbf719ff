import { expect, it } from 'vitest';
import { allCommands, commandsFor } from './commands.ts';

const all = (await allCommands()).map(({ name }) => name);
const namesFor = async (...words: readonly string[]): Promise<readonly string[]> => (await commandsFor(words)).map(({ name }) => name);

it('loads the command that is called and no other', async () => {
  for (const name of all) {
    const [first] = name.split(' ') as [string];
    expect(await namesFor(first, 'x')).toEqual(all.filter((one) => one.split(' ')[0] === first));
  }
});

it('loads none to say its version, and all for help and for a misspelt word', async () => {
  expect(await namesFor('--version')).toEqual([]);
  for (const words of [[], ['--help'], ['help', 'search'], ['serach', 'x'], ['--json', 'search'], ['constructor']])
    expect(await namesFor(...words)).toEqual(all);
});
