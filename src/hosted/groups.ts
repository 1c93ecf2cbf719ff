import { estimatedTokens } from './estimate.ts';
import type { Limits } from './vendor-model.ts';

/** As few groups as the limits allow, in order. `query`: read again beside each text. One text is always a group, whatever its size. */
export function groupsOf<Unit extends { readonly text: string }>(units: readonly Unit[], limits: Limits, query = ''): Unit[][] {
  const { documents = Number.POSITIVE_INFINITY, tokens = Number.POSITIVE_INFINITY, bytes = Number.POSITIVE_INFINITY } = limits;
  const countsTokens = Number.isFinite(tokens);
  const [queryTokens, queryBytes] = [estimatedTokens(query), Buffer.byteLength(query)];
  const groups: Unit[][] = [];
  let group: Unit[] = [];
  let [usedTokens, usedBytes] = [0, queryBytes];
  for (const unit of units) {
    const ownTokens = countsTokens ? estimatedTokens(unit.text) + queryTokens : 0;
    const ownBytes = Number.isFinite(bytes) ? Buffer.byteLength(unit.text) : 0;
    if (group.length > 0 && (group.length >= documents || usedTokens + ownTokens > tokens || usedBytes + ownBytes > bytes)) {
      groups.push(group);
      group = [];
      [usedTokens, usedBytes] = [0, queryBytes];
    }
    group.push(unit);
    usedTokens += ownTokens;
    usedBytes += ownBytes;
  }
  if (group.length > 0) groups.push(group);
  return groups;
}

/** The two halves of a group. */
export const halves = <Unit>(group: readonly Unit[]): readonly [Unit[], Unit[]] => [
  group.slice(0, Math.ceil(group.length / 2)),
  group.slice(Math.ceil(group.length / 2)),
];
