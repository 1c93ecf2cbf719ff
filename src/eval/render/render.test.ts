import { describe, expect, it } from 'vitest';
import type { EvalReport, PipelineReport } from '../report/report.ts';
import { toHtml } from './html.ts';
import { safeMarkdown, toMarkdown } from './markdown.ts';
import { testReport } from './test-report.ts';

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
    for (const part of ['Figures', 'Comparisons', 'Quality, time and depth', 'Recall of the first stage', 'Queries that changed most'])
      expect(page).toContain(part);
    const plots = page.match(/<svg[^>]*role="img"/g) ?? [];
    expect(plots).toHaveLength(5);
    expect(page.match(/<svg(?![^>]*role="img")(?![^>]*aria-hidden)/g) ?? []).toEqual([]);
    expect((page.match(/<table/g) ?? []).length).toBeGreaterThan(3);
    expect((await toHtml(testReport())) === page).toBe(true);
  });

  it("lets nobody's text become a tag", async () => {
    const page = await toHtml(hostile());
    expect(/<script|href="http/i.exec(page)).toBeNull();
    expect(page.includes('&lt;script&gt;alert(1)&lt;/script&gt;')).toBe(true);
  });

  it('is made for one pipeline without times, comparisons or texts', async () => {
    const page = await toHtml(alone());
    expect(page).toContain('Figures');
    expect(/NaN|undefined/.exec(page)).toBeNull();
  });

  it('stays small with ten thousand queries', async () => {
    const report = testReport();
    const many = Array.from({ length: 10_000 }, (_, at) => ((at * 7919) % 2000) / 1000 - 1);
    const page = await toHtml({
      ...report,
      queries: 10_000,
      queryIds: many.map((_, at) => `q${at}`),
      comparisons: report.comparisons.map((one) => (one.differences === undefined ? one : { ...one, differences: many })),
    });
    expect(page.length).toBeLessThan(300_000);
  });
});

describe('the Markdown', () => {
  it('opens with the verdict and has the tables', () => {
    const text = toMarkdown(testReport());
    expect(text).toMatch(/^### Evaluation by nDCG@10, 43 queries\n\n/);
    expect(text).toMatch(/▲ \*\*dense \\\+ late interaction helps\*\*|▲ \*\*dense \+ late interaction helps\*\*/);
    expect(text).toMatch(/^- ✗ /m);
    expect(text).toContain('<details><summary>');
    for (const table of text.split('\n\n').filter((part) => part.startsWith('|'))) {
      const widths = table.split('\n').map((row) => row.replaceAll('\\|', '').split('|').length);
      expect(new Set(widths).size).toBe(1);
    }
  });

  it("lets nobody's text become a tag, a link, a column or a mention", () => {
    const text = toMarkdown(hostile());
    expect(text.replace(/<\/?(details|summary|br|sub)>/g, '')).not.toMatch(/<[a-z]/i);
    expect(text).not.toMatch(/\]\(http/);
    expect(text).not.toMatch(/(?<![\\\p{L}\p{N}])@someone/u);
    for (const table of text.split('\n\n').filter((part) => part.startsWith('|'))) {
      const widths = table.split('\n').map((row) => row.replaceAll('\\|', '').split('|').length);
      expect(new Set(widths).size).toBe(1);
    }
    expect(safeMarkdown('- a\n* b')).toBe('\\- a \\* b');
  });

  it('is made for one pipeline alone', () => {
    expect(toMarkdown(alone())).not.toMatch(/undefined|NaN/);
  });
});
