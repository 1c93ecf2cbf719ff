import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** Name, how it is written into a folder, and what becomes of it: so many documents, or an error that says this of the file. */
export type HostileFile = readonly [name: string, write: (path: string) => void, outcome: number | RegExp];

const names = (count: number): string => Array.from({ length: count }, (_, i) => `"k${i}":1`).join();
const plain =
  (text: string): HostileFile[1] =>
  (path) =>
    writeFileSync(path, text);

/** `full`: of the size that stopped everything, else a tenth. */
export const hostileFiles = (full: boolean): readonly HostileFile[] => {
  const size = full ? 1 : 0.1;
  const times = (text: string, count: number): string => text.repeat(Math.ceil(count * size));
  return [
    ['open.html', plain(times('<div>', 200_000)), /^E_INPUT_EMPTY|1/],
    ['comments.html', plain(`x${times('<!--', 200_000)}`), 1],
    ['quotes.html', plain(`x${times('<a b="', 200_000)}`), 1],
    ['ends.html', plain(`x${times('<b></i>', 200_000)}`), 1],
    ['table.html', plain(`x${times('<table><tr><td>', 100_000)}`), 1],
    ['entities.html', plain(`x${times('&amp&#x', 200_000)}`), 1],
    [
      'names.json.gz',
      (path) => writeFileSync(path, gzipSync(`[{${names(3e6 * size)}}]`)),
      /names.json.gz element 1 .*more than 10000 names/,
    ],
    ['names.jsonl', plain(`{${names(1e6 * size)}}`), /names.jsonl line 1 .*more than 10000 names/],
    ['values.jsonl', plain(`{"a":[${'1,'.repeat(1_200_000)}1]}`), /values.jsonl line 1 .*more than 1000000 values/],
    ['deep.jsonl', plain(`{"a":${times('[', 5e6)}`), /deep.jsonl line 1 .*more than 512 levels/],
    ['deep.json', plain(`[${times('[', 5e6)}`), /deep.json element 1 .*more than 512 levels/],
    ['integers.jsonl', plain(`{"id":12345678901234567890,"a":[${times('12345678901234567890,', 80_000)}1]}`), 1],
    ['surrogates.jsonl', plain(`{"id":"1","text":"${times('\\ud800', 2e6)}"}`), 1],
    ['blank.jsonl', plain(times('\n', 2e7)), /^E_INPUT_EMPTY: .*blank.jsonl/],
    [
      'columns.csv',
      plain(`${Array.from({ length: 1e6 * size }, (_, i) => `c${i}`).join()}\n1`),
      /columns.csv line 1 has more than 10000 columns/,
    ],
    ['unclosed.csv', plain(`a,b\n1,"${times('x,y\n', 5e6)}`), /unclosed.csv line 2: .*never closed/],
    ['rows.csv', plain(`a\n${times('\n', 1e7)}`), /^E_INPUT_EMPTY: .*rows.csv/],
    ['tabs.tsv', plain(`a\tb\n${times('\t', 1e6)}`), /tabs.tsv line 2: .*but the header has 2/],
    [
      'aliases.md',
      plain(
        `---\na: &a [x]\n${Array.from({ length: 40 }, (_, i) => `b${i}: &b${i} [${`*${i === 0 ? 'a' : `b${i - 1}`},`.repeat(9)}x]`).join('\n')}\n---\nx`,
      ),
      1,
    ],
    ['keys.md', plain(`---\n${Array.from({ length: 100_000 * size }, (_, i) => `k${i}: v`).join('\n')}\n---\nx`), 1],
    ['deep.toml.md', plain(`+++\na = ${times('[', 1e6)}\n+++\nx`), 1],
    ['line.txt', plain(times('word ', 3e6)), 1],
    ['bomb.txt.gz', (path) => writeFileSync(path, gzipSync(Buffer.alloc(full ? 6e8 : 6e7, 'a'))), full ? /bomb.txt.gz .*256 MiB/ : 1],
    ['bytes.txt', (path) => writeFileSync(path, Buffer.alloc(2e7 * size, 0xff)), /bytes.txt .*UTF-8/],
    [
      'links',
      (path) => {
        mkdirSync(path);
        writeFileSync(join(path, 'a.md'), 'a');
        for (let i = 0; i < 2000 * size; i++) symlinkSync(i % 2 === 0 ? '..' : '.', join(path, `l${i}`));
      },
      1,
    ],
  ];
};
