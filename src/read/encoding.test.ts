import { describe, expect, it } from 'vitest';
import { all, errorOf, piecesOf } from '../../test/support/reading.ts';
import { readerOfName } from './formats.ts';
import { readDocuments } from './read.ts';
import type { Reader } from './reader.ts';

const prose = {
  french: 'Le café est fermé. Où est l’hôtel ? Les élèves vont à l’école.',
  german: 'Die Straße führt über Köln nach Düsseldorf; schöne Grüße aus München.',
  polish: 'Wielka łódź płynie przez morze, żeby złowić ryby i wrócić do domu wieczorem.',
  russian: 'Где находится библиотека? Кит плывёт в море, и капитан охотится на него.',
  greek: 'Πού είναι η βιβλιοθήκη; Η φάλαινα κολυμπά στη θάλασσα',
  hebrew: 'איפה הספרייה? הלווייתן שוחה בים',
  arabic: 'أين المكتبة؟ الحوت يسبح في البحر',
  japanese: '図書館はどこですか。鯨は海を泳ぐ。船長はそれを追う。',
  chinese: '图书馆在哪里？鲸鱼在海里游泳，船长追捕它。',
  traditional: '圖書館在哪裡？鯨魚在海裡游泳，船長追捕牠。',
  korean: '도서관은 어디에 있습니까? 고래가 바다에서 헤엄친다.',
};

/** What the decoder of an encoding reads, inverted over one and two bytes. */
function encode(text: string, encoding: string): Uint8Array {
  const decoder = new TextDecoder(encoding);
  const codes = new Map<string, readonly number[]>();
  for (let lead = 0; lead < 256; lead++) {
    for (let trail = 0x40; lead >= 0x80 && trail < 256; trail++) {
      const character = decoder.decode(Uint8Array.of(lead, trail));
      if (character.length === 1 && character !== '\ufffd' && !codes.has(character)) codes.set(character, [lead, trail]);
    }
    const character = decoder.decode(Uint8Array.of(lead));
    if (character.length === 1 && character !== '\ufffd') codes.set(character, [lead]);
  }
  return Uint8Array.from([...text].flatMap((character) => codes.get(character) as readonly number[]));
}

const wide = (text: string, { big = false, mark = true } = {}): Uint8Array => {
  const bytes = Buffer.from(`${mark ? '\ufeff' : ''}${text}`, 'utf16le');
  return big ? bytes.swap16() : bytes;
};

const read = (bytes: Uint8Array, size = bytes.length) =>
  all(readDocuments('-', { format: 'text', stdin: piecesOf(piecesIn(bytes, size)) }));

function* piecesIn(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
}

describe('encodings', () => {
  it.each([
    ['windows-1252', prose.french],
    ['windows-1252', prose.german],
    ['windows-1252', 'A café\n'],
    ['windows-1250', prose.polish],
    ['iso-8859-2', prose.polish],
    ['windows-1251', prose.russian],
    ['koi8-r', prose.russian],
    ['iso-8859-5', prose.russian],
    ['iso-8859-7', prose.greek],
    ['iso-8859-8', prose.hebrew],
    ['windows-1256', prose.arabic],
    ['shift_jis', prose.japanese],
    ['euc-jp', prose.japanese],
    ['gb18030', prose.chinese],
    ['big5', prose.traditional],
    ['euc-kr', prose.korean],
  ])('%s is recognised and noted: %s', async (encoding, text) => {
    const bytes = encode(text, encoding);
    for (const size of [bytes.length, 7]) {
      const [one] = await read(bytes, size);
      expect(one?.document.text).toBe(text);
      expect(one?.notes).toEqual([{ kind: 'encoding', where: 'standard input', reason: encoding }]);
    }
  });

  it('UTF-16 is read in both orders, with a mark and without one', async () => {
    for (const big of [false, true])
      for (const mark of [false, true]) {
        const text = 'title,text\nWhales,a captain hunts “one”\n';
        const [one] = await all(
          readDocuments('-', { format: 'csv', stdin: piecesOf(piecesIn(wide(text, { big, mark }), 11)), where: 'w.csv' }),
        );
        expect(one?.document).toEqual({ title: 'Whales', text: 'a captain hunts “one”' });
        expect(one?.notes).toEqual([{ kind: 'encoding', where: 'w.csv', reason: big ? 'utf-16be' : 'utf-16le' }]);
      }
    // Also where nothing but the content tells the format.
    const [two] = await all(readDocuments('-', { stdin: piecesOf([wide('[{"text": "é"}]')]) }));
    expect(two?.document).toEqual({ text: 'é' });
  });

  it('a page says what it is in, which counts where it is not UTF-8', async () => {
    const page = (charset: string): string => `<meta charset="${charset}"><title>Кит</title><p>Море`;
    const of = async (bytes: Uint8Array) =>
      (await all(readDocuments('-', { stdin: piecesOf([bytes]), format: readerOfName('a.html') as Reader })))[0]?.document.text as string;
    expect(await of(encode(page('windows-1251'), 'windows-1251'))).toContain('Море');
    expect(await of(Buffer.from(page('windows-1251')))).toContain('Море');
  });

  it('a text in which ASCII goes on long is decided where it ends', async () => {
    const long = 'line of plain letters\n'.repeat(50_000);
    const [one] = await read(encode(`${long}café`, 'windows-1252'), 65_536);
    expect(one?.document.text).toBe(`${long}café`);
  });

  it('damaged UTF-8 and bytes that are no text are refused, not guessed', async () => {
    const damaged = Buffer.concat([Buffer.from('déjà vu, '), Buffer.from([0xe9, 0x20])]);
    expect(await errorOf(readDocuments('-', { format: 'text', stdin: piecesOf([damaged]) }))).toContain('is not UTF-8: at byte 12');
    const noise = Uint8Array.from({ length: 4096 }, (_, i) => ((i * 7919) % 255) + 1);
    expect(await errorOf(readDocuments('-', { format: 'text', stdin: piecesOf([noise]) }))).toContain('E_INPUT_FORMAT');
  });
});
