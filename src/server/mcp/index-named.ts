import { z } from 'zod';
import { shown } from '../../wording/check-options.ts';
import { nearestName } from '../../wording/nearest-name.ts';
import { RequestError } from '../problem.ts';
import type { McpApi } from './tool.ts';

/** Names that a schema lists. */
const MOST_LISTED = 50;

/** The argument by which a tool is told the index. */
export function indexShape(names: readonly string[]): z.ZodType<string | undefined> {
  const listed = names.length > MOST_LISTED ? 'list_indexes names them' : names.join(', ');
  const about =
    names.length === 1 ? `the index; may be left out, there is only ${listed}` : `which index: ${listed || 'there is none yet'}`;
  return z.string().optional().describe(about);
}

/** The name of the index that was meant. Throws a RequestError that names those there are. */
export async function indexNamed(asked: string | undefined, api: Pick<McpApi, 'indexes'>): Promise<string> {
  const names = await api.indexes.names();
  const listed = names.slice(0, MOST_LISTED).join(', ');
  if (asked !== undefined && names.includes(asked)) return asked;
  if (names.length === 0) throw new RequestError('path', 'there is no index here', { code: 'E_INDEX_MISSING' });
  if (asked === undefined) {
    if (names.length === 1) return names[0] as string;
    throw new RequestError('invalid', `name one of the indexes: ${listed}`, { param: 'index' });
  }
  const near = nearestName(asked, names);
  const meant = near === undefined ? '' : `, did you mean "${near}"`;
  throw new RequestError('path', `there is no index ${shown(asked)}${meant}; there are ${listed}`, { code: 'E_INDEX_MISSING' });
}
