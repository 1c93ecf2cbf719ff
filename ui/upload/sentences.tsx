/** Sentences that are shown. */
const SHOWN = 100;

/** Sentences behind a title with their number. */
export function Sentences({
  title,
  words,
  isFailure = false,
}: {
  readonly title: string;
  readonly words: readonly string[];
  readonly isFailure?: boolean;
}) {
  if (words.length === 0) return null;
  return (
    <details class={isFailure ? 'upload-failed' : 'upload-notes'} open={isFailure && words.length <= 3}>
      <summary>
        {title} ({words.length.toLocaleString('en')})
      </summary>
      <ul>
        {words.slice(0, SHOWN).map((one) => (
          <li key={one} dir="auto">
            {one}
          </li>
        ))}
      </ul>
      {words.length > SHOWN && <p>and {(words.length - SHOWN).toLocaleString('en')} more</p>}
    </details>
  );
}
