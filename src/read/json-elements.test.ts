import { describe, expect, it } from 'vitest';
import { all, errorOf, piecesOf, randomFrom } from '../../test/support/reading.ts';
import { jsonElements } from './json-elements.ts';

const elements = (text: string, name = 'movies.json') => jsonElements(name, piecesOf([text]));

const randomJson = (random: () => number, depth: number): unknown => {
  const pick = Math.floor(random() * (depth > 0 ? 8 : 6));
  const text = () =>
    Array.from({ length: Math.floor(random() * 6) }, () => '"\\[]{},: \n\té🦊a'[Math.floor(random() * 16)] ?? 'x').join('');
  if (pick === 0) return null;
  if (pick === 1) return random() < 0.5;
  if (pick === 2) return Math.round((random() - 0.5) * 1e6) / 1000;
  if (pick <= 5) return text();
  const items = Array.from({ length: Math.floor(random() * 4) }, () => randomJson(random, depth - 1));
  return pick === 6 ? items : Object.fromEntries(items.map((item, at) => [`${text()}${at}`, item]));
};

const randomPieces = (random: () => number, text: string): string[] => {
  const pieces: string[] = [];
  for (let at = 0; at < text.length; ) {
    const size = 1 + Math.floor(random() * 7);
    pieces.push(text.slice(at, at + size));
    at += size;
  }
  return pieces;
};

describe('jsonElements', () => {
  it('finds what JSON.parse finds, in 1,000 random arrays cut at random places', async () => {
    const random = randomFrom(7);
    for (let round = 0; round < 1000; round++) {
      const array = Array.from({ length: Math.floor(random() * 6) }, () => randomJson(random, 4));
      const text = ` ${JSON.stringify(array, null, [undefined, 1, '\t'][round % 3])}\r\n`;
      const found = await all(jsonElements('a.json', piecesOf(randomPieces(random, text))));
      expect(found.map((element) => JSON.parse(element.text))).toEqual(JSON.parse(text));
      expect(found.map((element) => element.number)).toEqual(array.map((_, at) => at + 1));
    }
  });

  it('finds the same in an object around the array', async () => {
    const random = randomFrom(8);
    for (let round = 0; round < 300; round++) {
      const documents = Array.from({ length: 1 + Math.floor(random() * 4) }, (_, id) => ({ id, inner: randomJson(random, 3) }));
      const object = { version: 2, tags: ['a', '['], none: [], deep: [[{ x: 1 }]], documents, after: randomJson(random, 0) };
      const found = await all(jsonElements('a.json', piecesOf(randomPieces(random, JSON.stringify(object, null, round % 3)))));
      expect(found.map((element) => JSON.parse(element.text))).toEqual(documents);
    }
  });

  it('names the line where each element begins', async () => {
    const found = await all(elements('[\n  {"a":\n 1}, "x",\n\n  [2\n],3]'));
    expect(found.map(({ line }) => line)).toEqual([2, 3, 5, 6]);
  });

  it('ends every prefix of an array, and of an object around one, with an error', async () => {
    for (const whole of ['[{"a": [1, "x\\""]}, "s", 12, null]', '{"n": 1, "s": ["x"], "d": [{"a": 1}, {"b": {}}], "e": true}'])
      for (let end = 1; end < whole.length; end++)
        expect(await errorOf(elements(whole.slice(0, end)))).toMatch(/^E_INPUT_FORMAT: movies\.json ends /);
  });

  it.each([
    [
      '[{"a": 1},\n {"a',
      'movies.json ends in the middle of element 2, which begins on line 2: the file was cut off. Write or fetch it again.',
    ],
    ['[{"a": 1}', 'movies.json ends after element 1, without the closing bracket: the file was cut off. Write or fetch it again.'],
    ['[{"a": 1},', 'movies.json ends after the comma that follows element 1: the file was cut off. Write or fetch it again.'],
    ['[', 'movies.json ends after the opening bracket: the file was cut off. Write or fetch it again.'],
    ['{"documents": [{"a": 1}]', 'movies.json ends after field "documents": the file was cut off. Write or fetch it again.'],
    ['[{"a": 1}\n{"a": 2}]', 'movies.json line 2 is not JSON: expected a comma or ] after element 1, got "{". Correct it.'],
    ['[{"a": 1},]', 'movies.json line 1 is not JSON: expected element 2, got "]". Correct it.'],
    ['[,1]', 'movies.json line 1 is not JSON: expected element 1, got ",". Correct it.'],
    ['"text"', 'movies.json line 1 is not JSON: expected an array of documents, got """. Correct it.'],
    ['[1] 🦊', 'movies.json line 1 has more text after the end of the JSON: "🦊". Take it out.'],
    [
      '{"a": 1}\n{"a": 2}',
      `movies.json line 2 has more text after the end of the JSON: "{". One object a line is JSONL: pass format: 'jsonl'.`,
    ],
    [
      '{"a": 1, "b": ["x"]}',
      'movies.json holds one object, and no field of it (a, b) is an array of objects. Put documents into an array, [{…}, {…}], or two and more into an object by their ids, {"a": {…}, "b": {…}}.',
    ],
    [
      '{}',
      'movies.json holds one object, and no field of it (it has none) is an array of objects. Put documents into an array, [{…}, {…}], or two and more into an object by their ids, {"a": {…}, "b": {…}}.',
    ],
    [
      '{"a": [{}], "b": [{}]}',
      'movies.json holds two arrays of objects, "a" and "b", and only one can be the documents. Keep one of them.',
    ],
    ['{"a" 1}', 'movies.json line 1 is not JSON: expected a colon after field "a", got "1". Correct it.'],
    ['{"a": 1,}', 'movies.json line 1 is not JSON: expected a field name in quotes, got "}". Correct it.'],
    ['{a: 1}', 'movies.json line 1 is not JSON: expected a field name in quotes, got "a". Correct it.'],
    ['{"a": nul, "b": [{}]}', 'movies.json field "a" is not JSON: it begins with "nul". Correct it.'],
  ])('says what is wrong with %s', async (text, sentence) => {
    expect(await errorOf(elements(text))).toBe(`E_INPUT_FORMAT: ${sentence}`);
  });

  it('finds the values of an object that holds nothing but objects, with their keys', async () => {
    const text = '{"a": {"x": {"y": [1]}},\n "b c": {}, "1": {"x": "}"}}';
    const found = await all(jsonElements('a.json', piecesOf([...text])));
    expect(found).toEqual([
      { key: 'a', text: '{"x": {"y": [1]}}', number: 1, line: 1 },
      { key: 'b c', text: '{}', number: 2, line: 2 },
      { key: '1', text: '{"x": "}"}', number: 3, line: 2 },
    ]);
  });

  it('takes objects before the array of documents, and behind it, for what is about them', async () => {
    for (const text of [
      '{"meta": {}, "links": {}, "docs": [{"a": 1}]}',
      '{"docs": [{"a": 1}], "meta": {"x": []}}',
      '{"a": {}, "docs": [{"a": 1}], "n": 1}',
    ])
      expect((await all(elements(text))).map((element) => element.text)).toEqual(['{"a": 1}']);
    expect(await all(elements('{"meta": {}, "links": {}, "docs": []}'))).toEqual([]);
    // One object alone is more likely around the documents than one of them.
    expect(await errorOf(elements('{"response": {"docs": [{"a": 1}]}}'))).toMatch(/no field of it \(response\) is an array of objects/);
    expect(await errorOf(elements('{"a": {}, "b": {}, "n": 1}'))).toMatch(/no field of it \(a, b, n\) is an array of objects/);
  });

  it('gives the values of a large object before all of them are read, and then takes nothing else', async () => {
    const given: number[] = [];
    async function* pieces(): AsyncGenerator<string> {
      yield '{';
      for (let at = 0; at < 3000; at++) {
        given.push(at);
        yield `"k${at}": {"n": ${at}}, `;
      }
      yield '"total": 3}';
    }
    const found = jsonElements('a.json', pieces());
    expect((await found.next()).value?.key).toBe('k0');
    expect(given.length).toBeLessThan(1100);
    expect(await errorOf(found)).toBe(
      'E_INPUT_FORMAT: a.json line 1: the values of its object are the documents, but field "total" is no object. Take it out.',
    );
  });

  it('refuses an element above 256 MiB', async () => {
    const piece = 'a'.repeat(1024 * 1024);
    expect(await errorOf(jsonElements('a.json', piecesOf(['["', ...Array.from({ length: 257 }, () => piece)])))).toBe(
      'E_INPUT_FORMAT: a.json element 1 is longer than 256 MiB. Split it, or check that its brackets are closed.',
    );
  });
});
