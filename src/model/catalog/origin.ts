import { join } from 'node:path';
import { objectOf, readJson, textOf } from './modules.ts';

/** Under which name a conversion's folder keeps the config.json of the repository that it was made from. */
export const ORIGIN = 'origin-config.json';

/** The repository that a converted model was made from: `_name_or_path` of its config.json. */
export async function originOf(folder: string): Promise<string | undefined> {
  const name = textOf(objectOf(await readJson(join(folder, 'config.json')))._name_or_path);
  return name !== undefined && /^[\w][\w.-]*\/[\w][\w.-]*$/.test(name) ? name : undefined;
}

/** What a conversion leaves as it is; training for another task changes the first. */
const unchanged = [
  'architectures',
  'model_type',
  'hidden_size',
  'num_hidden_layers',
  'num_attention_heads',
  'vocab_size',
  'id2label',
] as const;

/** Whether a folder's model is the one that its origin's config.json describes: its settings are then this one's too. */
export async function isSameModel(folder: string): Promise<boolean> {
  const [own, origin] = await Promise.all(['config.json', ORIGIN].map(async (file) => objectOf(await readJson(join(folder, file)))));
  return unchanged.every((key) => JSON.stringify(own?.[key]) === JSON.stringify(origin?.[key]));
}
