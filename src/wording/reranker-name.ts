/** Who ranked, for people: the stages in their order. */
export const rerankerName = (fingerprint: string): string => fingerprint.split(' > ').map(stageName).join(', then ');

/** A fingerprint's stage for people: the form and model of a local one, the name of a hosted one. */
function stageName(stage: string): string {
  const local = /([a-z][a-z-]*)-\d+\(([^()@]+)@/.exec(stage);
  if (local !== null) return `${local[1]?.replaceAll('-', ' ')} on ${local[2]}`;
  return /^(?:cascade\()?([a-z-]+:\S+)/.exec(stage)?.[1] ?? stage;
}
