import { describe, expect, it } from 'vitest';
import { htmlParts } from './html.ts';
import { markdownParts } from './markdown.ts';

describe('markdownParts', () => {
  it('takes the first heading as the title and keeps the text whole', () => {
    expect(markdownParts('intro\n\n```\n# no\n```\n## The *title* ##\nbody')).toEqual({
      title: 'The *title*',
      text: 'intro\n\n```\n# no\n```\n## The *title* ##\nbody',
      fields: {},
    });
    expect(markdownParts('Under\r\n=====\r\nbody').title).toBe('Under');
    expect(markdownParts('no heading\n\n---\n').title).toBeUndefined();
    expect(markdownParts('#hashtag\n- item\n---\n').title).toBeUndefined();
  });

  it('makes simple front matter into fields, as strings', () => {
    const source = '---\ntitle: "A: b"\r\nyear: 1999\n# comment\n\nurl: https://x.org/a#b\nempty:\nq: \'x\'\n---\n# Heading\nbody\n';
    expect(markdownParts(source)).toEqual({
      title: 'A: b',
      text: '# Heading\nbody\n',
      fields: { year: '1999', url: 'https://x.org/a#b', empty: '', q: 'x' },
    });
  });

  it('strips front matter that is more than pairs, without reading it', () => {
    expect(markdownParts('---\ntitle: x\ntags:\n  - a\n---\nbody')).toEqual({ text: 'body', fields: {} });
    expect(markdownParts('---\ntags: [a, b]\n...\nbody')).toEqual({ text: 'body', fields: {} });
    expect(markdownParts('---\n---\nbody')).toEqual({ text: 'body', fields: {} });
  });

  it('keeps prose between two rules, and front matter that never ends', () => {
    expect(markdownParts('---\n\nProse here.\n\n---\nmore').text).toBe('---\n\nProse here.\n\n---\nmore');
    expect(markdownParts('---\ntitle: x\nbody').text).toBe('---\ntitle: x\nbody');
  });
});

describe('htmlParts', () => {
  it('reads the title and the text, entities decoded, without scripts, styles, navigation and comments', async () => {
    const page = `<!doctype html><html><head><title> Tea &amp;
      biscuits </title><style>p{color:red}</style><script>if (a < b) alert("</p>")</script></head>
      <body><nav><a href="/">Home</a></nav><!-- hidden --><h1>Caf&eacute; &#128522;</h1>
      <p>One <b>bold</b>word,<br>next&nbsp;line</p><ul><li>a</li><li>b</li></ul><table><tr><td>x</td><td>y</td></tr></table>
      <pre>let a &lt; b;</pre><noscript>off</noscript></body></html>`;
    expect(await htmlParts(page)).toEqual({
      title: 'Tea & biscuits',
      text: 'Café 😊\nOne boldword,\nnext line\na\nb\nx\ny\nlet a < b;',
    });
  });

  it('reads a fragment, and one that nests 50,000 deep', async () => {
    expect(await htmlParts('plain <i>and</i> simple')).toEqual({ text: 'plain and simple' });
    expect(await htmlParts(`${'<div>'.repeat(50_000)}deep${'</div>'.repeat(50_000)}`)).toEqual({ text: 'deep' });
  });
});
