/** An answer that came and could not be read; the message goes on after "it". `failureOf` reads it. */
export class UnusableAnswer extends Error {
  /** The beginning of it, where that says anything. */
  readonly part: string;

  constructor(message: string, part = '') {
    super(message);
    this.name = 'UnusableAnswer';
    this.part = part;
  }
}
