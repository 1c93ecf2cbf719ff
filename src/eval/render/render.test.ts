import { describe, expect, it } from 'vitest';
import { testReport } from '../../../test/support/eval-report.ts';
import { figure, signed } from '../../wording/numbers.ts';
import type { EvalReport, PipelineReport } from '../report/report.ts';
import { toHtml } from './html.ts';
import { safeMarkdown, toMarkdown } from './markdown.ts';
import { toText } from './text.ts';

const nasty = `<script>alert(1)</script> | \`x\` [a](http://evil.example) & "q" @someone #1\n# heading`;

/** Every string of the report that comes from users' data, made hostile. */
const hostile = (): EvalReport => {
  const report = testReport();
  const pipelines = report.pipelines.map((one, at) => ({ ...one, name: `${nasty}${at}`, failures: [{ query: nasty, message: nasty }] }));
  const rename = (name: string): string => `${nasty}${report.pipelines.findIndex((one) => one.name === name)}`;
  const change = { query: nasty, text: nasty, before: 0, after: 1, moved: [{ id: nasty, from: 2 }] };
  return {
    ...report,
    pipelines,
    overlaps: report.overlaps?.map(({ pipelines: [a, b], rbo }) => ({ pipelines: [rename(a), rename(b)], rbo })),
    comparisons: report.comparisons.map((one) => ({
      ...one,
      baseline: rename(one.baseline),
      pipeline: rename(one.pipeline),
      unsafe: nasty,
      helped: [change],
      hurt: [change],
    })),
    gates: [{ gate: nasty, pipeline: nasty, passed: false, found: nasty }],
    warnings: [nasty],
    settings: { ...report.settings, data: nasty },
  };
};

const alone = (): EvalReport => {
  const report = testReport();
  const [first] = report.pipelines as [PipelineReport];
  return {
    ...report,
    pipelines: [{ ...first, latency: {}, cutOffs: [], failures: [] }],
    comparisons: [],
    gates: [],
    warnings: [],
    withoutRelevant: { count: 0, dropped: false },
  };
};

describe('the page', () => {
  it('needs nothing else: no script, no address of another file', async () => {
    const page = await toHtml(testReport());
    expect(page).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"`);
    expect(/<script|<link|<iframe|<object|\ssrc=|@import|url\((?!#)|javascript:/i.exec(page)).toBeNull();
    expect([...page.matchAll(/\shref="([^"]*)"/g)].filter(([, to]) => !to?.startsWith('#'))).toEqual([]);
    expect(page.match(/https?:\/\/[^\s"'<)]+/g)?.filter((url) => !url.startsWith('http://www.w3.org/')) ?? []).toEqual([]);
  });

  it('has every part, with plots that say what they show', async () => {
    const page = await toHtml(testReport());
    const heads = [...page.matchAll(/<h2 id="[^"]+">([^<]+)</g)].map(([, head]) => head);
    expect(heads).toEqual([
      'Gates',
      'Figures',
      'Comparisons',
      'Orders',
      'Which queries gain and which lose',
      'Quality, time and depth',
      'Probabilities',
      'Queries that changed most',
      'Warnings',
      'Failed queries',
      'Settings',
    ]);
    const ids = [...page.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, to] of page.matchAll(/(?:href="#|aria-labelledby=")([^"]+)"/g))
      for (const id of (to as string).split(' ')) expect(ids).toContain(id);
    const plots = page.match(/<svg[^>]*role="img"/g) ?? [];
    expect(plots).toHaveLength(6);
    expect(page).toContain('calibration error 0.0412; where it is surest it states 90 %, and 88 % are relevant.');
    expect(page.match(/<svg(?![^>]*role="img")(?![^>]*aria-hidden)/g) ?? []).toEqual([]);
    expect((page.match(/<table/g) ?? []).length).toBeGreaterThan(3);
    expect((await toHtml(testReport())) === page).toBe(true);
  });

  it("lets no one's text become a tag", async () => {
    const page = await toHtml(hostile());
    expect(/<script|href="http/i.exec(page)).toBeNull();
    expect(page.includes('&lt;script&gt;alert(1)&lt;/script&gt;')).toBe(true);
    const tags = (text: string): readonly string[] => [...new Set(text.match(/<[a-z][a-z0-9]*/gi))].sort();
    expect(tags(page)).toEqual(tags(await toHtml(testReport())));
  });

  it('is made for one pipeline without times, comparisons or texts', async () => {
    const page = await toHtml(alone());
    expect(page).toContain('Figures');
    expect(page).toContain('Nothing was compared');
    expect(page).toContain('Not drawn: no pipeline was timed');
    expect(page).not.toMatch(/NaN|undefined|id="(gates|comparisons|spread|probabilities|queries|warnings|failures)"/);
  });

  it('stays small with ten thousand queries', async () => {
    const report = testReport(10_000);
    const failures = report.queryIds.map((query) => ({ query, message: 'timed out' }));
    const page = await toHtml({ ...report, pipelines: report.pipelines.map((one) => ({ ...one, failures })) });
    expect(page.length).toBeLessThan(150_000);
    expect(page).toContain('And 29,950 more.');
  });
});

describe('the Markdown', () => {
  it('opens with the verdict and has the tables', () => {
    const text = toMarkdown(testReport());
    expect(text).toMatch(/^### Evaluation by nDCG@10, 43 queries\n\n/);
    expect(text).toMatch(/▲ \*\*dense \\\+ late interaction helps\*\*|▲ \*\*dense \+ late interaction helps\*\*/);
    expect(text).toMatch(/^- ✗ /m);
    expect(text).toMatch(/^\| {2}\| nDCG@10 \|.* calibration error \|/m);
    expect(text).toContain('<details><summary>');
    for (const table of text.split('\n\n').filter((part) => part.startsWith('|'))) {
      const widths = table.split('\n').map((row) => row.replaceAll('\\|', '').split('|').length);
      expect(new Set(widths).size).toBe(1);
    }
  });

  it("lets no one's text become a tag, a link, a column or a mention", () => {
    const text = toMarkdown(hostile());
    expect(text.replace(/<\/?(details|summary|br|sub)>/g, '')).not.toMatch(/<[a-z]/i);
    expect(text).not.toMatch(/\]\(http/);
    // GitHub links these whether or not a backslash stands before them.
    expect(text).not.toMatch(/@someone|#1|http:\/\/\w/);
    for (const table of text.split('\n\n').filter((part) => part.startsWith('|'))) {
      const widths = table.split('\n').map((row) => row.replaceAll('\\|', '').split('|').length);
      expect(new Set(widths).size).toBe(1);
    }
    expect(safeMarkdown('- a\n* b')).toBe('\\- a \\* b');
    expect(safeMarkdown('@ann, ann@example.org, #12, https://example.org, www.example.org')).toBe(
      '@<!-- -->ann, ann@<!-- -->example.org, #<!-- -->12, https://<!-- -->example.org, www<!-- -->.example.org',
    );
    expect(safeMarkdown('nDCG@10 of bge-small@q8')).toBe('nDCG@10 of bge-small@q8');
  });

  it('is made for one pipeline alone', () => {
    expect(toMarkdown(alone())).not.toMatch(/undefined|NaN/);
  });
});

describe('what the order could gain, and how alike the orders are', () => {
  const report = testReport();
  it('stand in every form of a report', () => {
    const { best, gain } = report.pipelines[0]?.headroom?.['nDCG@10'] as { best: number; gain: number };
    const cell = `${figure(best)} (${signed(gain)})`;
    expect(toText(report, 120)).toContain(cell);
    expect(toText(report, 120)).toMatch(
      /rank-biased overlap.*\n +bm25 +dense\ndense +0\.4127\ndense \+ late interaction +0\.4416 +0\.6318\n/,
    );
    expect(toMarkdown(report)).toContain(`| bm25 | ${cell} |`);
    expect(toMarkdown(report)).toContain('| dense + late interaction | 0.4416 | 0.6318 |');
  });

  it('stand on the page', async () => {
    const page = await toHtml(report);
    expect(page).toContain('<h2 id="orders">Orders</h2>');
    expect(page).toContain('<td class="number">0.6318</td>');
  });

  it('are left out of a report that has none', async () => {
    const earlier = { ...report, overlaps: undefined, pipelines: report.pipelines.map((one) => ({ ...one, headroom: undefined })) };
    expect(toText(earlier)).not.toMatch(/best order|overlap/);
    expect(toMarkdown(earlier)).not.toMatch(/best order|overlap/);
    expect(await toHtml(earlier)).not.toContain('id="orders"');
  });
});
