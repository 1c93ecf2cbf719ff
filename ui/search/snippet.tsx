import type { Result } from '../api/types.ts';

export interface SnippetProps {
  readonly result: Result;
  /** What is shown until the snippet is there. */
  readonly text: string;
}

/** Characters that a card can show. */
const MOST = 400;

/** The sentences that matter, the words of the query marked. All of it is text, whatever it looks like. */
export function Snippet({ result: { snippet }, text }: SnippetProps) {
  if (snippet === undefined || snippet.text === '') return <>{text.slice(0, MOST)}</>;
  const parts: preact.ComponentChild[] = [];
  let at = 0;
  for (const [from, to] of snippet.matches) {
    parts.push(snippet.text.slice(at, from), <mark key={from}>{snippet.text.slice(from, to)}</mark>);
    at = to;
  }
  return (
    <>
      {snippet.start > 0 && parts.length > 0 ? '… ' : ''}
      {parts}
      {snippet.text.slice(at)}
    </>
  );
}
