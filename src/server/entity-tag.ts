import { createHash } from 'node:crypto';

/** Names the content of an answer: two answers of the same tag are the same. In quotes, as RFC 9110, 8.8.3 has it. */
export const tagOf = (content: string | Buffer): string => `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`;

/** Whether a client that sends `If-None-Match` has that content already. RFC 9110, 13.1.2. */
export const isKnown = (known = '', tag: string): boolean =>
  known
    .split(',')
    .map((one) => one.trim().replace(/^W\//, ''))
    .some((one) => one === '*' || one === tag);
