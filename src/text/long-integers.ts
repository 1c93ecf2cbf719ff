/** An integer of 16 digits or more that stands alone, so that JSON.parse might round it. */
const longInteger = /(?:^|[:,[\s])-?\d{16,}(?=[,\]}\s]|$)/;

/** JSON.parse, but an integer beyond ±(2^53 − 1) becomes the string of its digits, so that ids do not collide by rounding. */
export const parseWithLongIntegers = (text: string): unknown =>
  longInteger.test(text) ? JSON.parse(text, keepLongIntegers) : JSON.parse(text);

const keepLongIntegers = (_key: string, value: unknown, context?: { readonly source?: string }): unknown =>
  typeof value === 'number' && context?.source !== undefined && /^-?\d+$/.test(context.source) && !Number.isSafeInteger(value)
    ? context.source
    : value;
