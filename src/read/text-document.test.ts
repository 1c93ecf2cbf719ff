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

  it.each([
    ['quotations hold tags', '<a title="1 > 0"x=\'<b>\'>in</a><p a"b>c', 'in\nc'],
    ['a script ends at its own end alone', '<script>"</div><p>no"</SCRIPT >yes', 'yes'],
    ['an end tag closes what is open in it', '<div><nav>menu</div>text', 'text'],
    ['an end tag of nothing closes nothing', '<nav>menu</div>menu</nav>text</nav>!', 'text!'],
    ['signs are no tags', 'a < b, c <3 <', 'a < b, c <3 <'],
    ['comments of every kind', 'a<!--><p>b<!-- <p>no --><!x><?y?></ z>c<!---->d', 'a\nbcd'],
    ['what is never closed lasts to the end', 'a<!-- b <p>c', 'a'],
    ['a tag that is never closed', 'a<p title="b', 'a'],
    ['a picture has no title of the page', '<svg><title>no</title></svg><title>Yes</title>x', 'x'],
    ['tags that close themselves', '<script src="x"/>a<br/>b<nav/>c', 'a\nb\nc'],
    ['entities', '&lt;p&gt; &copy &#8364;&#x20ac; &nope; caf&eacute;', '<p> © €€ &nope; café'],
  ])('reads %s', async (_, page, text) => {
    expect((await htmlParts(page)).text).toBe(text);
  });

  it.each([
    '<div>',
    '<!--',
    '<!-->',
    '<a "',
    '<a b="',
    "<a b='>",
    '</x>',
    '<b></i>',
    '<script>',
    '<title>',
    '<nav>',
    '<',
    '&',
    '&amp',
    '<![CDATA[',
    '<p/',
    '<table><tr><td>',
  ])('takes twice as long for twice as much of %s', async (part) => {
    // Processor time, so that a busy machine makes no difference; the least of three.
    const cost = async (count: number): Promise<number> => {
      const page = part.repeat(count);
      let least = Number.POSITIVE_INFINITY;
      for (let round = 0; round < 3; round++) {
        const before = process.cpuUsage();
        await htmlParts(page);
        const { user, system } = process.cpuUsage(before);
        least = Math.min(least, user + system);
      }
      return least;
    };
    await cost(1000);
    expect(await cost(40_000)).toBeLessThan(30 * (await cost(5000)) + 20_000);
  });
});
