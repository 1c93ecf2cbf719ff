/** The same request in three languages. Whatever a query holds, it stands there as a text. */
export interface Code {
  readonly name: 'curl' | 'TypeScript' | 'Python';
  readonly text: string;
}

/**
 * @param url of `POST /v1/search`
 * @param isKeyed whether the server wants a key, which is named and never written out
 */
export function codeOf(url: string, body: Readonly<Record<string, unknown>>, isKeyed: boolean): readonly Code[] {
  return [
    { name: 'curl', text: curl(url, body, isKeyed) },
    { name: 'TypeScript', text: typescript(url, body, isKeyed) },
    { name: 'Python', text: python(url, body, isKeyed) },
  ];
}

function curl(url: string, body: unknown, isKeyed: boolean): string {
  const key = isKeyed ? ` \\\n  -H "authorization: Bearer $FINETOOTH_API_KEY"` : '';
  return `curl ${shell(url)} \\\n  -H 'content-type: application/json'${key} \\\n  -d ${shell(JSON.stringify(body))}`;
}

function typescript(url: string, body: unknown, isKeyed: boolean): string {
  const key = isKeyed ? ", authorization: 'Bearer ' + process.env.FINETOOTH_API_KEY" : '';
  return `const answer = await fetch(${JSON.stringify(url)}, {
  method: 'POST',
  headers: { 'content-type': 'application/json'${key} },
  body: JSON.stringify(${indented(JSON.stringify(body, null, 2), 2)}),
});
if (!answer.ok) throw new Error(await answer.text());
const { results } = await answer.json();
for (const { rank, id, relevance_score } of results) console.log(rank, relevance_score.toFixed(3), id);`;
}

function python(url: string, body: unknown, isKeyed: boolean): string {
  const key = isKeyed ? ', "authorization": f"Bearer {os.environ[\'FINETOOTH_API_KEY\']}"' : '';
  return `import json
${isKeyed ? 'import os\n' : ''}import urllib.request

body = ${pythonValue(body)}
request = urllib.request.Request(
    ${JSON.stringify(url)},
    data=json.dumps(body).encode(),
    headers={"content-type": "application/json"${key}},
)
with urllib.request.urlopen(request) as answer:
    for result in json.load(answer)["results"]:
        print(result["rank"], f"{result['relevance_score']:.3f}", result["id"])`;
}

/** A word of a POSIX shell, in which nothing is expanded. */
const shell = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

const indented = (text: string, by: number): string => text.replaceAll('\n', `\n${' '.repeat(by)}`);

/** A literal of Python; texts of JSON are texts of Python, but for halves of characters, which JSON writes as they come. */
function pythonValue(value: unknown, depth = 0): string {
  const [inner, outer] = ['    '.repeat(depth + 1), '    '.repeat(depth)];
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return String(value);
  if (Array.isArray(value)) return `[${value.map((one) => pythonValue(one, depth)).join(', ')}]`;
  if (typeof value === 'object') {
    const entries = Object.entries(value).filter(([, one]) => one !== undefined);
    if (entries.length === 0) return '{}';
    return `{\n${entries.map(([key, one]) => `${inner}${JSON.stringify(key)}: ${pythonValue(one, depth + 1)},\n`).join('')}${outer}}`;
  }
  return JSON.stringify(value);
}
