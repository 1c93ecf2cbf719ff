import { describe, expect, it } from 'vitest';
import { createBodyMemory } from '../hooks/body-memory.ts';
import { documentsIn } from './documents.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const body = async function* (chunks: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* chunks;
};
const readAll = async (chunks: Iterable<Uint8Array>) => Array.fromAsync(documentsIn(body(chunks), 1000));

const cut = (text: string, size: number): Uint8Array[] => {
  const all = bytes(text);
  return Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, (i + 1) * size));
};

describe('documents of a body', () => {
  it('are the same from every size of chunk, blank lines and both line ends included', async () => {
    const text = '{"id": "ä", "text": "🦇 \\n"}\r\n\n  \n{"id": 2}\n"only a text"';
    const whole = await readAll([bytes(text)]);
    expect(whole.map(({ document, where }) => [document, where])).toEqual([
      [{ id: 'ä', text: '🦇 \n' }, 'line 1'],
      [{ id: 2 }, 'line 4'],
      [{ text: 'only a text' }, 'line 5'],
    ]);
    for (let size = 1; size < 20; size++) expect(await readAll(cut(text, size))).toEqual(whole);
  });

  it('keep long integers apart, as in a file', async () => {
    const [one, other] = await readAll([bytes('{"id":9007199254740992}\n{"id":9007199254740993}')]);
    expect([one?.document, other?.document]).toEqual([{ id: '9007199254740992' }, { id: '9007199254740993' }]);
  });

  it('say which texts were mended', async () => {
    const [found] = await readAll([bytes('{"id":"\\ud800","text":"\\ud83e\\udd87"}')]);
    expect(found).toMatchObject({ document: { id: '\ufffd', text: '🦇' }, mended: ['id'] });
  });

  it.each([
    ['{"id":1e400}', 'line 1 holds a number beyond ±1.8e308'],
    [`{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, 'line 1 is nested more than 512 levels deep'],
    [`{"a":${'['.repeat(600)}${']'.repeat(600)}}`, 'line 1 is nested more than 512 levels deep'],
    [`{${Array.from({ length: 10_001 }, (_, i) => `"k${i}":1`).join()}}`, 'line 1 holds an object of more than 10000 names'],
    [`{"a":[${'1,'.repeat(300_000)}1]}`, 'line 1 holds more than 100000 values'],
    ['[1]', 'line 1 is an array'],
    ['{"a": ', 'line 1 is not JSON'],
    ['{"a\\ud800": 1, "a\\ud801": 2}', 'line 1 has two field names that differ in nothing but half a character'],
  ])('are refused: case %#', async (text, reason) => {
    await expect(readAll([bytes(text)])).rejects.toThrow(reason);
  });

  it('are refused where they are not UTF-8, and beyond the longest line', async () => {
    await expect(readAll([bytes('{"a":1}\n{"b":"'), Uint8Array.of(0xff), bytes('"}')])).rejects.toThrow('line 2 is not UTF-8');
    await expect(readAll([bytes('{"a":"'), ...Array.from({ length: 17 }, () => new Uint8Array(1_000_000).fill(97))])).rejects.toThrow(
      'line 1 has more than 16000000 bytes',
    );
  });

  it('cost as much in many small chunks behind a long line as in few', async () => {
    const long = bytes(`{"id":"z","text":"${'a'.repeat(2_000_000)}`);
    const timed = async (chunks: Iterable<Uint8Array>): Promise<number> => {
      const { user } = process.cpuUsage();
      expect(await readAll(chunks)).toHaveLength(1);
      return (process.cpuUsage().user - user) / 1000;
    };
    const tail = 'a'.repeat(2000);
    await timed([long, bytes(`${tail}"}\n`)]);
    const few = await timed([long, bytes(`${tail}"}\n`)]);
    const many = await timed([long, ...cut(`${tail}"}\n`, 1)]);
    // Looking at two megabytes again for each byte took hundreds of times as long.
    expect(many).toBeLessThan(40 * few + 40);
  });

  it('end when their share has to make room', async () => {
    const bodyMemory = createBodyMemory(1000);
    const chunks = async function* (): AsyncGenerator<Uint8Array> {
      yield new Uint8Array(900).fill(97);
      await new Promise(() => {});
    };
    const reading = Array.fromAsync(documentsIn(chunks(), 60_000, { share: bodyMemory.open() }));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(bodyMemory.held).toBe(900);
    const other = bodyMemory.open();
    other.hold(200);
    await expect(reading).rejects.toThrow('1000 bytes of requests are coming in already');
    expect(bodyMemory.held).toBe(200);
  });
});
