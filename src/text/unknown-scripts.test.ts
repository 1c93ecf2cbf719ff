import { describe, expect, it } from 'vitest';
import { unknownScripts } from './unknown-scripts.ts';

describe('what a model that knows English only cannot read', () => {
  it.each([
    ['медведь', ['Cyrillic']],
    ['я', []],
    ['Πόσοι άνθρωποι ζουν στην πόλη;', ['Greek']],
    ['كم عدد', ['Arabic']],
    ['كتـــاب', ['Arabic']],
    ['की', ['Devanagari']],
    ['กิน', ['Thai']],
    ['서울', ['Hangul']],
    ['医', ['Han']],
    ['古い港', ['Han', 'Hiragana']],
    ['スーパー', ['Katakana']],
    ['ꦲꦏ꧀ꦱꦫ', ['other']],
    ['GitHub备份脚本上传失败', ['Han']],
    ['🔥', ['emoji']],
    ['👨‍💻🇫🇷 !!', ['emoji']],
  ])('%s', (text, scripts) => {
    expect(unknownScripts(text, ['en'])).toEqual(scripts);
    // The others know them, or nothing is known of them.
    for (const languages of [['multilingual'], ['en', 'zh'], [], undefined]) expect(unknownScripts(text, languages)).toEqual([]);
  });

  it.each([
    'How many people live here?',
    'Wie viele Menschen können, naïve Łódź ıstanbul ﬁ',
    'Việt Nam, Ça va',
    'great movie 🔥🔥🔥',
    'π and Δ of α',
    'μ',
    'the Greek word λόγος means word',
    '2 ★ 3 🔥',
    '“quotes” — and … ™ © 100 €',
    'def count(xs): return len(xs) # → 5',
    '!?',
    '',
  ])('and what it can: %s', (text) => {
    expect(unknownScripts(text, ['en'])).toEqual([]);
  });
});
