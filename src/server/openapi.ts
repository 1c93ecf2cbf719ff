import { setImmediate as nextTurn } from 'node:timers/promises';
import { z } from 'zod';
import { type Dialect, type Endpoint, ranks } from './dialects/dialect.ts';
import { ownFailure, ownPath } from './dialects/own.ts';
import { codeOf, type ProblemKind } from './problem.ts';

type Json = Readonly<Record<string, unknown>>;

/** A route beside the dialects. */
export interface Route {
  readonly method: 'get' | 'post' | 'patch' | 'delete';
  readonly path: string;
  readonly about: string;
  readonly tag: string;
  readonly body?: z.ZodType;
  /** What may stand behind the question mark. */
  readonly query?: z.ZodObject;
  /** Whether the body is bytes of any kind. @default false */
  readonly bytes?: boolean;
  readonly answer?: z.ZodType;
}

const kinds = Object.keys(codeOf) as ProblemKind[];

export const eitherOf = (one: z.ZodType, other: z.ZodType): z.ZodType => z.union([one, other]);

/** Statuses that a dialect answers with when something is wrong. */
export const failureStatuses = (dialect: Dialect): readonly number[] =>
  [
    ...new Set(
      kinds.filter((kind) => kind !== 'stopped').map((kind) => dialect.fail({ kind, code: codeOf[kind], message: '' }, '').status),
    ),
  ].sort((a, b) => a - b);

/** The OpenAPI document: the schemas are those that requests are checked with. It takes a tenth of a second of the processor, and others have their turns meanwhile. */
export async function openapiOf(dialects: readonly Dialect[], routes: readonly Route[], version: string): Promise<Json> {
  const paths: Record<string, Record<string, unknown>> = {};
  const add = (path: string, method: string, operation: Json): void => {
    paths[path] = { ...paths[path], [method]: operation };
  };
  for (const dialect of dialects)
    for (const endpoint of dialect.endpoints) {
      await nextTurn();
      const path = `${dialect.prefix}${endpoint.path}`;
      const parameters = [...(parametersOf(path) ?? []), ...headersOf(endpoint)];
      add(templateOf(path), 'post', { ...operationOf(dialect, endpoint), parameters: parameters.length === 0 ? undefined : parameters });
    }
  for (const { method, path, about, tag, body, query, bytes = false, answer } of routes) {
    await nextTurn();
    add(templateOf(path), method, {
      tags: [tag],
      summary: about,
      parameters: query === undefined ? parametersOf(path) : [...(parametersOf(path) ?? []), ...queryParametersOf(query)],
      requestBody: bytes
        ? { required: true, content: { 'application/octet-stream': {} } }
        : body === undefined
          ? undefined
          : { required: true, content: content(schemaOf(body, 'input')) },
      responses: {
        200: { description: 'The answer.', content: answer === undefined ? undefined : content(schemaOf(answer, 'output')) },
        default: ownPath.test(path) ? { description: 'Refused or failed.', content: content(schemaOf(ownFailure, 'output')) } : undefined,
      },
    });
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Finetooth', version, description: 'Rerank, embed and search on local models, in the words of many vendors.' },
    components: { securitySchemes: { key: { type: 'http', scheme: 'bearer' } } },
    security: [{}, { key: [] }],
    paths,
  };
}

/** A path as OpenAPI writes it; what is left of one is a name. */
const templateOf = (path: string): string => path.replace(/:(\w+)/g, '{$1}').replace(/\*$/, '{name}');

function parametersOf(path: string): readonly Json[] | undefined {
  const names = [...templateOf(path).matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
  return names.length === 0 ? undefined : names.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } }));
}

/** What every request to rank may say beside its body. */
const headersOf = (endpoint: Endpoint): readonly Json[] => (ranks(endpoint) ? rankingHeaders : []);

const rankingHeaders: readonly Json[] = [
  ['x-deadline-ms', { type: 'integer', minimum: 1, maximum: 600_000 }],
  ['x-exact', { type: 'boolean' }],
].map(([name, schema]) => ({ name, in: 'header', required: false, schema }));

function queryParametersOf(query: z.ZodObject): readonly Json[] {
  const { properties = {}, required = [] } = schemaOf(query, 'input') as {
    readonly properties?: Readonly<Record<string, Json>>;
    readonly required?: readonly string[];
  };
  return Object.entries(properties).map(([name, schema]) => ({ name, in: 'query', required: required.includes(name), schema }));
}

const operationOf = (dialect: Dialect, { about, body, answer }: Endpoint): Json => ({
  tags: [dialect.name],
  summary: about,
  requestBody: { required: true, content: content(schemaOf(body, 'input')) },
  responses: {
    200: { description: 'The answer.', content: content(schemaOf(answer, 'output')) },
    ...Object.fromEntries(
      failureStatuses(dialect).map((status) => [
        status,
        { description: 'Refused or failed.', content: content(schemaOf(dialect.failure, 'output')) },
      ]),
    ),
  },
});

const content = (schema: Json): Json => ({ 'application/json': { schema } });

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Json;
  return rest;
}
