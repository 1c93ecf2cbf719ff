import { FinetoothError, messageOf } from '../errors.ts';
import type { FieldValue } from '../types.ts';
import { joinBytes } from './bytes.ts';
import { htmlParts } from './html.ts';
import type { Reader } from './reader.ts';

/** Bytes of a message, attachments included. */
const MOST = 128 * 1024 * 1024;

/**
 * A message (RFC 5322, MIME): its subject is the title, its plain text, else its page, the text; `from`, `to`, `cc` and `date` are fields, and so are the
 * names of `attachments`, which are not read.
 */
export const email = {
  name: 'email',
  extensions: ['eml'],
  recognise: () => false,
  read: async function* (source) {
    const { name, documentPath: path, mayBeEmpty } = source;
    const bytes = await joinBytes(source, MOST, 'message');
    if (bytes.every((byte) => byte === 10 || byte === 13 || byte === 32) && !mayBeEmpty)
      throw new FinetoothError('E_INPUT_EMPTY', `${name} holds only blank lines. Check the command that wrote it.`);
    if (bytes.subarray(0, 1024).includes(0))
      throw new FinetoothError('E_INPUT_FORMAT', `${name} is binary, not a message. Save the message as .eml again.`);
    const { default: PostalMime } = await import('postal-mime');
    const mail = await PostalMime.parse(bytes, { maxNestingDepth: 64 }).catch((error: unknown) => {
      throw new FinetoothError(
        'E_INPUT_FORMAT',
        `${name} is not a message that can be read (${messageOf(error)}). Save it as .eml again.`,
        {
          cause: error,
        },
      );
    });
    const text = mail.text?.trim() ? mail.text : mail.html === undefined ? '' : (await htmlParts(mail.html)).text;
    const title = mail.subject?.trim() || path?.replace(/^.*\//, '').replace(/\.[^.]*$/, '');
    const fields: Record<string, FieldValue | undefined> = {
      title,
      text: text.replaceAll('\0', '').trim(),
      from: addressesOf(mail.from === undefined ? undefined : [mail.from])?.[0],
      to: addressesOf(mail.to),
      cc: addressesOf(mail.cc),
      date: dateOf(mail.date),
      attachments: listed(mail.attachments.flatMap(({ filename }) => filename ?? [])),
      path,
    };
    const document = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Record<string, FieldValue>;
    for (const [field, value] of Object.entries(document)) if (typeof value === 'string') document[field] = value.toWellFormed();
    yield { document, where: name, ...(path !== undefined && { id: path }) };
  },
} as const satisfies Reader;

interface Address {
  readonly name: string;
  readonly address?: string;
  readonly group?: readonly Address[];
}

/** `Ada <ada@example.org>`, those of a group for themselves. */
function addressesOf(all: readonly Address[] | undefined): readonly string[] | undefined {
  const found = all?.flatMap(({ name, address, group }): readonly string[] => {
    if (group !== undefined) return addressesOf(group) ?? [];
    if (!address) return name === '' ? [] : [name];
    return [name === '' ? address : `${name} <${address}>`];
  });
  return listed(found?.map((one) => one.toWellFormed()) ?? []);
}

const listed = (texts: readonly string[]): readonly string[] | undefined => (texts.length === 0 ? undefined : texts);

/** ISO 8601; as it is written where it is none. */
function dateOf(date: string | undefined): string | undefined {
  if (date === undefined) return undefined;
  const read = new Date(date);
  return Number.isNaN(read.getTime()) ? date : read.toISOString();
}
