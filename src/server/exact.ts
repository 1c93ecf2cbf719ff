import { isRecord, shown } from '../wording/check-options.ts';
import { type Endpoint, ranks } from './dialects/dialect.ts';
import { truth } from './dialects/values.ts';
import { RequestError } from './problem.ts';

const KEY = 'exact';

/** The same, for clients that send no key of their own. */
const HEADER = 'x-exact';

/**
 * Whether a request to rank forbids that a score depends on the other texts of its list, whatever vendor's words it is in. undefined where it says nothing, and of what does not rank. Throws
 * a RequestError for what is no truth value, and where body and header differ.
 */
export function exactIn(sent: unknown, headers: Readonly<Record<string, unknown>>, endpoint: Pick<Endpoint, 'task'>): boolean | undefined {
  if (!ranks(endpoint)) return undefined;
  const [told, beside] = [truthOf(KEY, isRecord(sent) ? sent[KEY] : undefined), truthOf(HEADER, headers[HEADER])];
  if (told !== undefined && beside !== undefined && told !== beside)
    throw new RequestError('invalid', `${KEY} and the header ${HEADER} say different things; leave one out`, { param: KEY });
  return told ?? beside;
}

/** Whether it is the key that every endpoint that ranks reads. */
export const isExact = (name: string, endpoint: Pick<Endpoint, 'task'>): boolean => name === KEY && ranks(endpoint);

function truthOf(param: string, value: unknown): boolean | undefined {
  if (value == null || value === '') return undefined;
  const read = truth.safeParse(value);
  if (read.success) return read.data;
  throw new RequestError('malformed', `${param}: true or false; got ${shown(value)}`, { param });
}
