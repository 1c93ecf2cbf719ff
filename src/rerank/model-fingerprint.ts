/**
 * The fingerprint of the model that reads a chunk or an excerpt, and any other as it is: either is scored as a text of its own would be, so that
 * what was fitted for the model holds.
 */
export function modelFingerprint(fingerprint: string): string {
  const inner = /^(?:in-parts-1|excerpt-1-of-\d+)\((.*)\)$/.exec(fingerprint)?.[1];
  return inner === undefined ? fingerprint : modelFingerprint(inner);
}
