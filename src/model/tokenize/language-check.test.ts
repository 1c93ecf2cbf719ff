import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ModelEntry } from '../catalog/model-entry.ts';
import { createLanguageCheck, shatteredShare } from './language-check.ts';
import { loadTokenizer } from './tokenizer.ts';

const readable = {
  English: 'How many people live in the old harbour town, and what do they do when the fishing boats stay at home in winter?',
  German: 'Wie viele Menschen leben in der alten Hafenstadt, und was machen sie, wenn die Fischerboote im Winter nicht ausfahren können?',
  French: 'Combien de personnes vivent dans la vieille ville portuaire et que font-elles quand les bateaux de pêche restent à quai ?',
  Spanish: '¿Cuántas personas viven en la vieja ciudad portuaria y qué hacen cuando los barcos de pesca no salen en invierno?',
  Polish: 'Ilu ludzi mieszka w starym mieście portowym i co robią, gdy zimą łodzie rybackie nie wypływają na morze?',
  Python:
    'def count_boats(xs, n=0):\n    for i, x in enumerate(xs):\n        if x.get("kind") == "boat" and x["y"] > 3:\n            n += 1\n    return n',
  formulas: 'Let f(x) = a x^2 + b x + c with a, b, c real numbers; then the derivative of f at the point x is 2 a x + b.',
};
const unreadable = {
  Russian: 'Сколько людей живёт в старом портовом городе и что они делают, когда зимой рыбацкие лодки не выходят в море?',
  Greek: 'Πόσοι άνθρωποι ζουν στην παλιά πόλη του λιμανιού και τι κάνουν όταν οι βάρκες μένουν στο σπίτι τον χειμώνα;',
  Arabic: 'كم عدد الأشخاص الذين يعيشون في مدينة الميناء القديمة وماذا يفعلون عندما تبقى قوارب الصيد في الشتاء؟',
  Hindi: 'पुराने बंदरगाह शहर में कितने लोग रहते हैं और सर्दियों में जब नावें घर पर रहती हैं तो वे क्या करते हैं?',
  Chinese: '有多少人住在古老的港口城市，冬天渔船停在家里的时候他们做什么？',
  Japanese: '古い港町には何人が住んでいて、冬に漁船が出ないとき、彼らは何をしていますか？',
};

describe('shatteredShare', async () => {
  const tokenizer = await loadTokenizer(join(import.meta.dirname, '../../../models/bge-small-en-v1.5/tokenizer.json'));
  const shareOf = (text: string): number => shatteredShare(tokenizer.names(text, 500));

  it.each(Object.entries(readable))('leaves %s alone', (_, text) => {
    expect(shareOf(text)).toBeLessThan(0.4);
  });

  it.each(Object.entries(unreadable))('notices %s', (_, text) => {
    expect(shareOf(text)).toBeGreaterThan(0.6);
  });

  it('says nothing of a few tokens', () => {
    expect(shareOf('один')).toBe(0);
  });
});

describe('createLanguageCheck', () => {
  const entry = (name: string, languages: readonly string[]): ModelEntry =>
    ({ name, languages, kind: 'cross-encoder' }) as unknown as ModelEntry;
  const letters = async (texts: readonly string[]) => texts.map((text) => [...text]);
  const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

  it('warns once, with the name of a model that reads the text', async () => {
    const said: string[] = [];
    const check = createLanguageCheck(entry('only-english', ['en']), letters, (sentence) => said.push(sentence));
    check(['привет как дела сегодня']);
    await settled();
    check(['привет как дела сегодня']);
    await settled();
    expect(said).toEqual([expect.stringMatching(/only-english knows English only.*"mmarco-mminilmv2-l12-h384-v1"/)]);
  });

  it('says nothing for a model of many languages, nor when the tokenizer fails', async () => {
    const said: string[] = [];
    createLanguageCheck(entry('many', ['multilingual']), letters, (sentence) => said.push(sentence))(['привет как дела сегодня']);
    const failing = async (): Promise<never> => {
      throw new Error('closed');
    };
    createLanguageCheck(entry('other', ['en']), failing, (sentence) => said.push(sentence))(['привет как дела сегодня']);
    await settled();
    expect(said).toEqual([]);
  });
});
