/** A sentence or word of a text, with the white space behind it. */
export interface Unit {
  readonly from: number;
  readonly to: number;
  readonly tokens: number;
}

/** Units in their order, read as far as they are asked for: of a long text, those behind are never tokenised. */
export interface Units<One extends Unit> {
  /** Reads on until there is a unit at that place; false where the text has ended. */
  has(place: number): boolean;
  at(place: number): One;
}

export function createUnits<One extends Unit>(reading: Iterator<One>): Units<One> {
  const units: One[] = [];
  return {
    has: (place) => {
      while (units.length <= place) {
        const { value, done } = reading.next();
        if (done) return false;
        units.push(value);
      }
      return true;
    },
    at: (place) => units[place] as One,
  };
}

/** Where the part behind `end` begins that repeats units of the one before, from `first` on, of `room` tokens at most. */
export function repeatedFrom(units: Units<Unit>, first: number, end: number, room: number): number {
  let next = end;
  let tokens = 0;
  while (next - 1 > first && tokens + units.at(next - 1).tokens <= room) tokens += units.at(--next).tokens;
  return next;
}
