/** What is passed where something else is wanted. Each is made anew, so that no call finds what another has left. */
export const battery: Readonly<Record<string, () => unknown>> = {
  nothing: () => undefined,
  null: () => null,
  true: () => true,
  'a number': () => 3,
  'a negative number': () => -1,
  'no number': () => Number.NaN,
  infinity: () => Number.POSITIVE_INFINITY,
  'a large number': () => 1e308,
  'an empty text': () => '',
  'a text': () => 'x',
  'a text with a NUL': () => 'a\0b',
  'a long text': () => 'x'.repeat(100_000),
  'an object': () => ({}),
  'a frozen object': () => Object.freeze({ x: 1 }),
  'an object without prototype': () => Object.create(null),
  'an instance': () => new (class Given {})(),
  'an object that holds itself': () => {
    const own: Record<string, unknown> = {};
    own.own = own;
    return own;
  },
  'an object whose getter throws': () =>
    Object.defineProperty({}, 'id', {
      enumerable: true,
      get: () => {
        throw new RangeError('no one reads this');
      },
    }),
  'a proxy that throws': () =>
    new Proxy(
      {},
      {
        get: () => {
          throw new RangeError('no one reads this');
        },
        ownKeys: () => {
          throw new RangeError('no one lists this');
        },
        has: () => {
          throw new RangeError('no one looks here');
        },
      },
    ),
  'a revoked proxy': () => revoked({}),
  'a revoked list': () => revoked([]),
  'an object without a text': () => ({
    toString: () => {
      throw new RangeError('it has no text');
    },
    [Symbol.toPrimitive]: () => {
      throw new RangeError('it has no text');
    },
  }),
  'an empty list': () => [],
  'a list of null': () => [null],
  'a list of texts': () => ['x', 'y'],
  'a list with a hole': () => new Array(2).fill('x', 1),
  'a list of symbols': () => [Symbol('s')],
  'a map': () => new Map([['x', 1]]),
  'a map of symbols': () => new Map([[Symbol('s'), Symbol('s')]]),
  'a set': () => new Set(['x']),
  'a date': () => new Date(Number.NaN),
  'a typed array': () => new Float32Array([Number.NaN]),
  'a function': () => () => 1,
  'a symbol': () => Symbol('s'),
  'a bigint': () => 1n,
  'a large bigint': () => 10n ** 5000n,
  'a promise': () => Promise.resolve({}),
};

function revoked(target: object): object {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}

/** A value with one place in it changed to something of the battery, and how. */
export interface Wrong {
  readonly how: string;
  readonly value: () => unknown;
}

/**
 * All wrong forms of a value: each of the battery in its place, in the place of each of its members, and of theirs down to `depth`; and under a name
 * that it does not have.
 */
export function wrongForms(right: () => unknown, depth: number): readonly Wrong[] {
  const own = Object.entries(battery).map(([how, value]): Wrong => ({ how, value }));
  const given = right();
  if (depth === 0 || !isOpen(given)) return own;
  const members = Array.isArray(given) ? [...new Set([0, given.length - 1])].filter((at) => at >= 0) : Object.keys(given);
  const inside = members.flatMap((member) =>
    wrongForms(() => (right() as Members)[member], depth - 1).map(
      ({ how, value }): Wrong => ({ how: `${String(member)}: ${how}`, value: () => withMember(right() as Members, member, value()) }),
    ),
  );
  if (Array.isArray(given)) return [...own, ...inside];
  return [...own, ...inside, { how: 'an option that there is not', value: () => ({ ...(right() as Members), noSuchOption: 1 }) }];
}

type Members = Record<string | number, unknown>;

function withMember(whole: Members, member: string | number, value: unknown): unknown {
  const copy = (Array.isArray(whole) ? [...whole] : { ...whole }) as Members;
  copy[member] = value;
  return copy;
}

/** Lists and plain objects are looked into; parts and instances are taken whole. */
function isOpen(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && (Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype);
}
