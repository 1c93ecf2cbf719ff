import { signal } from '@preact/signals';
import { askJson } from '../api/client.ts';

/** An option of `POST /v1/search`, as the server's OpenAPI document tells it. */
export interface PlanOption {
  readonly key: string;
  readonly about: string;
  readonly kind: 'choice' | 'count' | 'share' | 'flag' | 'reranker' | 'level';
  readonly choices: readonly string[];
  readonly least?: number;
  readonly most?: number;
}

interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly anyOf?: readonly Schema[];
}

interface OpenApi {
  readonly paths: Readonly<
    Record<
      string,
      {
        readonly post?: {
          readonly requestBody?: {
            readonly content: Readonly<Record<string, { readonly schema: { readonly properties: Readonly<Record<string, Schema>> } }>>;
          };
        };
      }
    >
  >;
}

/** Options that a pipeline can be tried with, in the order of their work; their ranges and sentences are the server's. */
const keys = [
  'first_stage',
  'fusion',
  'linear_weight',
  'dense_weight',
  'sparse_weight',
  'rrf_k',
  'candidates',
  'reranker',
  'effort',
  'words_weight',
  'min_score',
  'collapse',
  'diversity',
  'field_labels',
  'deadline_ms',
];

/** Undefined until they were asked for. */
export const planOptions = signal<readonly PlanOption[] | undefined>(undefined);

/** Asks the server which options it knows, and which rerankers it serves. */
export async function loadPlanOptions(): Promise<void> {
  if (planOptions.peek() !== undefined) return;
  const [document, models] = await Promise.all([
    askJson<OpenApi>('openapi.json'),
    askJson<{ readonly data: readonly { readonly id: string; readonly task?: string }[] }>('v1/models'),
  ]);
  const rerankers = models.data.filter(({ task }) => task === 'rerank').map(({ id }) => id);
  const properties = document.paths['/v1/search']?.post?.requestBody?.content['application/json']?.schema.properties ?? {};
  planOptions.value = keys.flatMap((key) => {
    const schema = properties[key];
    return schema === undefined ? [] : [optionOf(key, schema, rerankers)];
  });
}

function optionOf(key: string, schema: Schema, rerankers: readonly string[]): PlanOption {
  const about = schema.description ?? '';
  const [least, most] = [schema.minimum, schema.maximum];
  if (key === 'reranker') return { key, about, kind: 'reranker', choices: rerankers };
  const levels = schema.anyOf?.find((one) => one.enum !== undefined)?.enum;
  if (levels !== undefined) return { key, about, kind: 'level', choices: levels };
  if (schema.enum !== undefined) return { key, about, kind: 'choice', choices: schema.enum };
  if (schema.type === 'boolean') return { key, about, kind: 'flag', choices: [] };
  return { key, about, kind: schema.type === 'integer' ? 'count' : 'share', choices: [], least, most };
}
