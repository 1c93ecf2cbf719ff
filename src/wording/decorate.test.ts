import { describe, expect, it } from 'vitest';
import { decorate } from './decorate.ts';

class Base {
  readonly own = 'own';
  #asked = 0;
  get asked(): number {
    return this.#asked;
  }
  ask(): number {
    return ++this.#asked;
  }
  name(): string {
    return 'base';
  }
}
class Child extends Base {
  override name(): string {
    return `child of ${super.name()}`;
  }
}

describe('decorate', () => {
  it('takes along what an instance has of its class, private fields too', () => {
    const part = new Child();
    const made = decorate(part, {});
    expect([made.own, made.ask(), made.ask(), made.asked, part.asked, made.name()]).toEqual(['own', 1, 2, 2, 2, 'child of base']);
  });

  it('puts changes in the place of methods, getters and values', () => {
    const part = new Child();
    const made = decorate(part, { own: 'other' as 'own', name: () => 'mine', asked: 7 });
    expect([made.own, made.name(), made.asked, made.ask()]).toEqual(['other', 'mine', 7, 1]);
    expect([part.own, part.name(), part.asked]).toEqual(['own', 'child of base', 1]);
  });

  it('can be decorated again', () => {
    const made = decorate(decorate(new Child(), { name: () => 'once' }), { own: 'again' as 'own' });
    expect([made.own, made.name(), made.ask(), made.asked]).toEqual(['again', 'once', 1, 1]);
  });

  it('is a plain copy of a plain object', () => {
    const plain = { a: 1, b: () => 2 };
    expect(decorate(plain, { a: 3 })).toEqual({ a: 3, b: plain.b });
    expect(plain.a).toBe(1);
  });
});
