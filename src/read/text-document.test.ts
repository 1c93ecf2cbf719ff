import { describe, expect, it } from 'vitest';
import { htmlParts } from './html.ts';
import { markdownParts } from './markdown.ts';

describe('markdownParts', () => {
  it('takes the first heading as the title and keeps the text whole', async () => {
    expect(await markdownParts('intro\n\n```\n# no\n```\n## The *title* ##\nbody')).toEqual({
      title: 'The *title*',
      text: 'intro\n\n```\n# no\n```\n## The *title* ##\nbody',
      line: 1,
      fields: {},
    });
    expect((await markdownParts('Under\r\n=====\r\nbody')).title).toBe('Under');
    expect((await markdownParts('no heading\n\n---\n')).title).toBeUndefined();
    expect((await markdownParts('#hashtag\n- item\n---\n')).title).toBeUndefined();
  });

  it('prefers the title of the front matter, unless it is empty', async () => {
    expect((await markdownParts('---\ntitle: Barometer\n---\n# Heading\n')).title).toBe('Barometer');
    expect(await markdownParts('---\ntitle:\n---\n# Real\nBody')).toEqual({ title: 'Real', text: '# Real\nBody', line: 4, fields: {} });
    expect((await markdownParts('---\ntitle: ""\n---\n# Real')).title).toBe('Real');
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
