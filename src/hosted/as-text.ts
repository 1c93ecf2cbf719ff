/** Levels that are shown of a value, and entries of each. */
const [DEEPEST, MOST] = [6, 20];

/** What a stranger sent, for a sentence to quote: text as it is, all else as JSON, of which no more is written than is shown, however deep or long. */
export function asText(part: unknown): string {
  if (typeof part === 'string') return part;
  return JSON.stringify(pruned(part, DEEPEST)) ?? String(part);
}

function pruned(value: unknown, levels: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (levels === 0) return '…';
  if (Array.isArray(value)) return value.slice(0, MOST).map((one) => pruned(one, levels - 1));
  const shown: [string, unknown][] = [];
  for (const key in value) {
    if (shown.length === MOST) break;
    shown.push([key, pruned((value as Readonly<Record<string, unknown>>)[key], levels - 1)]);
  }
  return Object.fromEntries(shown);
}
