type Members = Record<PropertyKey, unknown>;

/**
 * A part of the caller's with other members, as `{ ...part, ...changes }` would be where it is a plain object. What an instance of a class has from
 * its class comes along: methods are called on the instance, so that they find their private fields, and getters are asked when they are read.
 */
export function decorate<Part extends object>(part: Part, changes: Partial<Part>): Part {
  const made: Members = {};
  for (const [name, descriptor] of membersOf(part)) Object.defineProperty(made, name, descriptor);
  return Object.assign(made, changes) as Part;
}

/** What the part has of its own and from its classes, each name as the nearest has it. */
function membersOf(part: object): ReadonlyMap<PropertyKey, PropertyDescriptor> {
  const found = new Map<PropertyKey, PropertyDescriptor>();
  for (let from = part; from !== null && from !== Object.prototype; from = Object.getPrototypeOf(from))
    for (const name of Reflect.ownKeys(from)) {
      const descriptor = Object.getOwnPropertyDescriptor(from, name) as PropertyDescriptor;
      const isOwn = from === part;
      if (found.has(name) || (isOwn ? !descriptor.enumerable : name === 'constructor')) continue;
      found.set(name, descriptor.get === undefined ? taken(part, descriptor, isOwn) : readOf(part as Members, name));
    }
  return found;
}

function taken(part: object, { value }: PropertyDescriptor, isOwn: boolean): PropertyDescriptor {
  const member = isOwn || typeof value !== 'function' ? value : value.bind(part);
  return { value: member, writable: true, configurable: true, enumerable: true };
}

/** The member as it is read of the part each time; a change may be put in its place. */
function readOf(part: Members, name: PropertyKey): PropertyDescriptor {
  return {
    get: () => part[name],
    set(value: unknown) {
      Object.defineProperty(this, name, { value, writable: true, configurable: true, enumerable: true });
    },
    configurable: true,
    enumerable: true,
  };
}
