/**
 * Which of the two JSON formats an input is that begins so: `[` is an array; `{` and `"` are lines when the first line is JSON by itself, else one
 * value over several. One line alone is one value when it is an object around an array of objects, or holds nothing but objects, two at least.
 */
export function jsonFormatOf(head: string): 'json' | 'jsonl' | undefined {
  if (head.startsWith('[')) return 'json';
  if (!head.startsWith('{') && !head.startsWith('"')) return undefined;
  const end = head.indexOf('\n');
  const line = end < 0 ? head : head.slice(0, end);
  if (!parses(line)) return 'json';
  const isAlone = end < 0 || head.slice(end).trim() === '';
  return isAlone && head.startsWith('{') && wrapsDocuments(line) ? 'json' : 'jsonl';
}

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Whether a line that is all of the input is an object around an array of objects, as the JSON format accepts it. */
function wrapsDocuments(line: string): boolean {
  const values: unknown[] = Object.values(JSON.parse(line) as object);
  return (values.length > 1 && values.every(isObject)) || values.some((value) => Array.isArray(value) && isObject(value[0]));
}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);
