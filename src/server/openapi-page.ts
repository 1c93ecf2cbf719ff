import { setImmediate as nextTurn } from 'node:timers/promises';

type Operation = {
  readonly tags: readonly string[];
  readonly summary: string;
  readonly requestBody?: unknown;
  readonly responses: unknown;
};

const style = `body{font:16px/1.5 system-ui,sans-serif;max-width:56rem;margin:2rem auto;padding:0 1rem;color:#222;background:#fff}
h1{font-size:1.6rem}h2{font-size:1.15rem;margin:2rem 0 .5rem;border-bottom:1px solid #ddd}
details{margin:.25rem 0}summary{cursor:pointer}code{font:14px ui-monospace,monospace}
summary code:first-child{display:inline-block;min-width:4rem;color:#2a6}pre{overflow:auto;background:#f6f6f6;padding:.75rem;font-size:13px}
@media(prefers-color-scheme:dark){body{color:#ddd;background:#181818}pre{background:#222}h2{border-color:#444}}`;

/** An OpenAPI document as one page, without a script and without anything from elsewhere. */
export async function pageOf(document: Readonly<Record<string, unknown>>): Promise<string> {
  const { info, paths } = document as {
    readonly info: { readonly title: string; readonly version: string; readonly description: string };
    readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  };
  const groups = new Map<string, string[]>();
  for (const [path, operations] of Object.entries(paths)) {
    for (const [method, { tags, summary, requestBody, responses }] of Object.entries(operations)) {
      await nextTurn();
      const shown = JSON.stringify({ requestBody, responses }, null, 2);
      const line = `<details><summary><code>${method.toUpperCase()}</code> <code>${escaped(path)}</code> ${escaped(summary)}</summary><pre>${escaped(shown)}</pre></details>`;
      const tag = tags[0] ?? '';
      groups.set(tag, [...(groups.get(tag) ?? []), line]);
    }
  }
  const sections = [...groups].map(([tag, lines]) => `<h2>${escaped(tag)}</h2>\n${lines.join('\n')}`).join('\n');
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(info.title)}</title><style>${style}</style></head>
<body><h1>${escaped(info.title)} ${escaped(info.version)}</h1><p>${escaped(info.description)} <a href="openapi.json">openapi.json</a></p>
${sections}</body></html>
`;
}

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign] as string);
