import fc from 'fast-check';
import { z } from 'zod';
import type { Dialect, Endpoint } from '../../src/server/dialects/dialect.ts';

/** Values that a field of these bodies may have by mistake. */
const wrong = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom(null, '', ' ', -1, 0, 1.5, 1e308, [], [[]], {}, '\u0000', '\ud800', 'x'.repeat(5000)),
);

/** One word nearly always, so that several fields seldom contradict each other. */
const mostly = (usual: string, ...others: readonly string[]): fc.Arbitrary<string> =>
  fc.oneof({ weight: 20, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...others) });

/** Fields for which the schema alone makes too few values that are worth anything. */
const right: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  model: fc.oneof({ weight: 3, arbitrary: fc.constantFrom('default', 'DEFAULT') }, { weight: 1, arbitrary: fc.string() }),
  query: fc.oneof({ weight: 3, arbitrary: fc.constantFrom('why', 'bats 🦇') }, { weight: 1, arbitrary: fc.string() }),
  dimensions: fc.constantFrom(0, 2, 3, 3, 3, 4),
  output_dimension: fc.constantFrom(3, 3, 3, 4),
  // Of a model that takes one; the others refuse it.
  ...Object.fromEntries(['instruction', 'instruct'].map((name) => [name, fc.constantFrom(null, null, null, null, null, 'by colour')])),
  input_type: mostly('search_query', 'search_document', 'query', 'document', 'passage', 'image', 'x'),
  task: mostly('retrieval.query', 'text-matching', 'x'),
  ...Object.fromEntries(['task_type', 'prompt_name', 'text_type'].map((name) => [name, mostly('query', 'document', 'none', 'x')])),
};

interface Schema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

/** Values that a schema allows. */
const fitting = (schema: Schema): fc.Arbitrary<unknown> => {
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map(fitting));
  if (schema.type === 'string') return fc.string();
  if (schema.type === 'boolean') return fc.boolean();
  if (schema.type === 'integer') return fc.integer({ min: Math.max(-5, schema.minimum ?? -5), max: Math.min(9, schema.maximum ?? 9) });
  if (schema.type === 'number') return fc.double({ noNaN: true, noDefaultInfinity: true });
  if (schema.type === 'array') return fc.array(fitting(schema.items ?? {}), { maxLength: 5 });
  if (schema.type === 'null') return fc.constant(null);
  if (schema.type === 'object' && schema.properties !== undefined)
    return fc.record(Object.fromEntries(Object.entries(schema.properties).map(([name, inner]) => [name, fitting(inner)])), {
      requiredKeys: [...(schema.required ?? [])],
    });
  return fc.jsonValue({ maxDepth: 2 });
};

/** Bodies that are right, bodies with one thing wrong, and bodies that are anything. */
export const anyBody = ({ body }: Endpoint): fc.Arbitrary<unknown> => {
  const { properties = {}, required = [] } = z.toJSONSchema(body, { io: 'input', unrepresentable: 'any' }) as Schema;
  const good = fc.record(Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, right[name] ?? fitting(schema)])), {
    requiredKeys: [...required],
  });
  const spoiled = fc
    .tuple(good, fc.constantFrom(...Object.keys(properties), 'unheard_of'), wrong)
    .map(([made, name, value]) => ({ ...made, [name]: value }));
  return fc.oneof({ weight: 5, arbitrary: good }, { weight: 4, arbitrary: spoiled }, { weight: 1, arbitrary: fc.jsonValue() });
};

/** Why an answer is not one that the dialect documents; undefined when it is. */
export const faultOf = (
  dialect: Dialect,
  endpoint: Endpoint,
  statuses: readonly number[],
  answer: { readonly status: number; readonly body: unknown },
): string | undefined => {
  if (answer.status >= 500) return `status ${answer.status}`;
  if (answer.status !== 200 && !statuses.includes(answer.status)) return `status ${answer.status} is not documented`;
  const checked = (answer.status === 200 ? endpoint.answer : dialect.failure).safeParse(answer.body);
  return checked.success ? undefined : `${answer.status}: ${JSON.stringify(answer.body)?.slice(0, 200)}: ${checked.error.message}`;
};
