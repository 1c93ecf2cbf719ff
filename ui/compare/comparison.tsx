import type { Pipeline } from '../state/address.ts';

export function Comparison(_: { readonly left: Pipeline; readonly right: Pipeline }) {
  return <p>Comparison</p>;
}
