// Writes ui/api/generated.ts: what the server's own API takes and answers, as types of the page, from its OpenAPI document.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { serve } from '../src/server/index.ts';

type Schema = Readonly<Record<string, unknown>>;
type Operation = {
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema?: Schema }>> };
  readonly responses: { readonly 200: { readonly content?: Readonly<Record<string, { readonly schema: Schema }>> } };
};

/** By operation, what its types are called. */
const named: Readonly<Record<string, string>> = {
  'post /v1/search': 'Search',
  'get /v1/downloads': 'Downloads',
  'get /v1/indexes': 'Indexes',
  'post /v1/indexes': 'NewIndex',
  'get /v1/indexes/{name}/documents/{id}': 'StoredDocument',
  'get /v1/files/formats': 'Formats',
  'post /v1/files/inspect': 'InspectedFile',
  'post /v1/indexes/{name}/files': 'AddedFiles',
};

/** The whole file, for an OpenAPI document of this server. */
export function pageTypes({ paths }: { readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>> }): string {
  const types = Object.entries(named).flatMap(([operation, name]) => {
    const [method, path] = operation.split(' ') as [string, string];
    const { requestBody, responses } = paths[path]?.[method] ?? missing(operation);
    const asked = requestBody?.content['application/json']?.schema;
    const answered = responses[200].content?.['application/json']?.schema ?? missing(operation);
    return [
      ...(asked === undefined
        ? []
        : [`/** What \`${operation.toUpperCase().split(' ')[0]} ${path}\` takes. */\nexport type ${name}Request = ${typeOf(asked)};`]),
      `/** What \`${operation.toUpperCase().split(' ')[0]} ${path}\` answers. */\nexport type ${name}Answer = ${typeOf(answered)};`,
    ];
  });
  return `// Made by "npm run docs" from the server's OpenAPI document; do not edit.\n\n${types.join('\n\n')}\n`;
}

function typeOf(schema: Schema): string {
  const {
    type,
    properties,
    items,
    anyOf,
    oneOf,
    prefixItems,
    required = [],
    additionalProperties,
  } = schema as {
    readonly type?: string;
    readonly properties?: Readonly<Record<string, Schema>>;
    readonly items?: Schema;
    readonly anyOf?: readonly Schema[];
    readonly oneOf?: readonly Schema[];
    readonly prefixItems?: readonly Schema[];
    readonly required?: readonly string[];
    readonly additionalProperties?: Schema | boolean;
  };
  const { enum: values, const: value } = schema as { readonly enum?: readonly unknown[]; readonly const?: unknown };
  const choices = anyOf ?? oneOf;
  if (choices !== undefined) return [...new Set(choices.map(typeOf))].join(' | ');
  if (values !== undefined) return values.map((one) => JSON.stringify(one)).join(' | ');
  if (value !== undefined) return JSON.stringify(value);
  if (prefixItems !== undefined) return `readonly [${prefixItems.map(typeOf).join(', ')}]`;
  if (type === 'array') return `readonly (${typeOf(items ?? {})})[]`;
  if (type === 'object' && properties !== undefined) {
    const fields = Object.entries(properties).map(
      ([name, one]) => `readonly ${/^\w+$/.test(name) ? name : JSON.stringify(name)}${required.includes(name) ? '' : '?'}: ${typeOf(one)}`,
    );
    return `{ ${fields.join('; ')} }`;
  }
  if (type === 'object')
    return `Readonly<Record<string, ${typeof additionalProperties === 'object' ? typeOf(additionalProperties) : 'unknown'}>>`;
  return { string: 'string', number: 'number', integer: 'number', boolean: 'boolean', null: 'null' }[type ?? ''] ?? 'unknown';
}

function missing(operation: string): never {
  throw new Error(`the server answers no ${operation}`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const server = await serve({ port: 0, version: '0' });
  try {
    const document = (await (await fetch(`${server.url}/openapi.json`)).json()) as Parameters<typeof pageTypes>[0];
    writeFileSync(join(import.meta.dirname, '..', 'ui', 'api', 'generated.ts'), pageTypes(document));
  } finally {
    await server.close();
  }
}
