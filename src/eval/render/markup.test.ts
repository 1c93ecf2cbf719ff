import { describe, expect, it } from 'vitest';
import { escapeHtml, html, isolated, trusted } from './markup.ts';

describe('html', () => {
  it('escapes strings and joins what is HTML already', () => {
    const name = `<b title="x">it's & &lt;</b>`;
    const escaped = '&lt;b title=&quot;x&quot;&gt;it&#39;s &amp; &amp;lt;&lt;/b&gt;';
    expect(html`<p>${name}</p>`.html).toBe(`<p>${escaped}</p>`);
    expect(html`<ul>${[html`<li>${1}</li>`, html`<li>${'<'}</li>`]}</ul>`.html).toBe('<ul><li>1</li><li>&lt;</li></ul>');
    expect(html`${trusted('<i>')}${isolated('<')}`.html).toBe('<i><bdi>&lt;</bdi>');
  });

  it('shows control characters, which HTML forbids, as a mark', () => {
    expect(escapeHtml('a\u0000\u001b[31m\u0085\tb\n')).toBe('a\u{fffd}\u{fffd}[31m\u{fffd}\tb\n');
  });
});
