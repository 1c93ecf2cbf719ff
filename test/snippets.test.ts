import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { allCommands } from '../src/cli/commands.ts';
import { type OptionSpec, options } from '../src/cli/options.ts';
import { findLowestNode, lowestVersion } from './lowest-node.ts';
import { fillFor, notRun, pages, reasonOf, root, snippets, startIn } from './snippets.ts';

const commands = await allCommands();

const folder = mkdtempSync(join(tmpdir(), 'finetooth-snippets-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let lowest: Awaited<ReturnType<typeof findLowestNode>> = { reason: 'it was not looked for' };
beforeAll(async () => {
  fillFor(folder);
  lowest = await findLowestNode();
});

describe(`the snippets of README and docs, on Node ${lowestVersion}`, () => {
  beforeEach((ctx) => {
    if ('reason' in lowest) ctx.skip(lowest.reason);
  });

  it.each(snippets.filter((one) => reasonOf(one) === undefined))('$page runs: $title', async (snippet) => {
    const { status, stderr } = await startIn(folder, (lowest as { node: string }).node, snippet, false);
    expect(status, stderr).toBe(0);
  });

  it.each(snippets.filter((one) => reasonOf(one) !== undefined))('$page has no slip: $title', async (snippet) => {
    const { status, stderr } = await startIn(folder, (lowest as { node: string }).node, snippet, true);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
});

describe('the snippets', () => {
  it('are found, of both kinds, and no reason is left over', () => {
    expect(snippets.filter((one) => one.language === 'js' && reasonOf(one) === undefined).length).toBeGreaterThan(5);
    expect(snippets.filter((one) => one.language === 'sh' && reasonOf(one) === undefined).length).toBeGreaterThan(0);
    const stale = notRun.filter(([page, piece]) => !snippets.some((one) => one.page === page && one.text.includes(piece)));
    expect(stale).toEqual([]);
  });

  it('name commands and options that exist', () => {
    const wrong: string[] = [];
    for (const { page, text } of snippets.filter(({ language }) => language === 'sh'))
      for (const [line] of text.matchAll(/(?<=^\s*|npx |[|&] *)finetooth [^|>#\n]*/gm)) {
        const words = line.trim().split(/\s+/).slice(1);
        const command = commands.find(({ name }) => words.slice(0, name.split(' ').length).join(' ') === name);
        // A list of subcommands, or a word after the name of a command that has them.
        if (command === undefined) {
          if (!commands.some(({ name }) => name.startsWith(`${words[0]} `))) wrong.push(`${page}: ${line}`);
          continue;
        }
        const known = command.options.map((name) => `--${(options[name] as OptionSpec).name}`);
        for (const flag of words.filter((word) => word.startsWith('--')))
          if (!known.includes(flag)) wrong.push(`${page}: ${line}: ${flag}`);
      }
    expect(wrong).toEqual([]);
  });

  it('hold no block of code without its language, where it is one', () => {
    const unnamed = pages.flatMap((page) => {
      const blocks = [...readFileSync(join(root, page), 'utf8').matchAll(/^```(\w*)\n(.*?)^```$/gms)];
      return blocks
        .filter(([, language, text]) => language === '' && /^(import |await |const |npm |npx |finetooth |curl )/m.test(text as string))
        .map(([, , text]) => `${page}: ${text}`);
    });
    expect(unnamed).toEqual([]);
  });
});
