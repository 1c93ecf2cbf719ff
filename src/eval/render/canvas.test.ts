import { describe, expect, it } from 'vitest';
import { openCanvas } from './canvas.ts';

describe('the canvas', () => {
  it('says what to install when the packages are missing', async () => {
    const missing = new Error("Cannot find package 'linkedom'");
    await expect(openCanvas(() => Promise.reject(missing))).rejects.toMatchObject({
      code: 'E_RUNTIME',
      message: expect.stringContaining('npm install @observablehq/plot linkedom'),
      cause: missing,
    });
  });

  it('gives a picture a name and a description, and a stranger no tag', async () => {
    const { plot, draw, ornament } = await openCanvas();
    const text = `<script>"&lt;'`;
    const { html } = draw({ name: 'one', title: text, description: text, options: { marks: [plot.text([[1, 2]], { text: [text] })] } });
    expect(html).toMatch(/^<svg[^>]* role="img"/);
    expect(html).toMatch(/aria-labelledby="one-title one-description"/);
    expect(html).toMatch(/<title id="one-title">&lt;script&gt;.*<\/title><desc id="one-description">&lt;script&gt;/);
    expect(html).toContain('&amp;lt;');
    expect(html).not.toMatch(/<script|<style/);
    expect(ornament({ marks: [plot.dot([[1, 2]])] }).html).toMatch(/^<svg[^>]* aria-hidden="true"/);
  });
});
