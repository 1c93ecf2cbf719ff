import { useEffect, useRef, useState } from 'preact/hooks';
import type { Result } from '../api/types.ts';
import type { Stored } from './load.ts';
import { meetings, meetingWords, type TextWord } from './words.ts';

/** Tokens of a sparse model that are shown, those that add most. */
const MOST_WEIGHTS = 12;
/** Least strength of each of the five heats, the weakest first; below the first a word is not coloured. */
const HEATS = [0.2, 0.3, 0.4, 0.5, 0.62];

export interface WordsMetProps {
  readonly stored: Stored;
  readonly result: Result;
  /** The same result, once it is explained. */
  readonly explained: Result | undefined;
  readonly isComing: boolean;
}

/** Which words met which: the words of the query with those most like them, and the text with its words coloured by that. */
export function WordsMet({ stored, result, explained, isComing }: WordsMetProps) {
  const [chosen, setChosen] = useState<number | undefined>(undefined);
  const tokens = explained?.explanation?.stages.find((stage) => stage.tokens !== undefined && stage.of === undefined)?.tokens;
  const weights = explained?.explanation?.weights;
  const { start = 0, end = stored.text.length } = result.passage ?? {};
  const passage = stored.text.slice(start, end);
  const words = tokens === undefined ? [] : meetingWords(tokens, passage);
  const met = tokens === undefined ? [] : meetings(tokens);
  return (
    <section class="why-part">
      <h3>Which words met</h3>
      {weights !== undefined && (
        <p class="note">
          {weights.length === 0 ? 'No token that the sparse model weighs.' : 'By the weights of the sparse model: '}
          {weights.slice(0, MOST_WEIGHTS).map(({ token, score }, at) => (
            <span key={token}>
              {at > 0 && ', '}
              <bdi>{token}</bdi> <span class="number">{score.toFixed(2)}</span>
            </span>
          ))}
        </p>
      )}
      {explained === undefined && isComing ? (
        <p class="note">The models read it again, to say which words met…</p>
      ) : tokens === undefined ? (
        <p class="hint">Late interaction did not read this document in this pipeline, so no words were compared.</p>
      ) : (
        <table class="met">
          <caption class="unseen">Words of the query, and the words of the text that are most like them by cosine</caption>
          <tbody>
            {met.map(({ query, best }, at) => (
              <tr key={`${at} ${query}`} data-chosen={chosen === at}>
                <th scope="row">
                  <button
                    type="button"
                    class="quiet"
                    aria-pressed={chosen === at}
                    onClick={() => setChosen(chosen === at ? undefined : at)}
                  >
                    <bdi>{query}</bdi>
                  </button>
                </th>
                <td>
                  {best.map(({ text, cosine }, place) => (
                    <span key={text} class={place === 0 ? 'met-first' : 'met-other'}>
                      <bdi>{text}</bdi> <span class="number">{cosine.toFixed(2)}</span>
                    </span>
                  ))}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <p class="hint">
        {tokens === undefined
          ? ''
          : chosen === undefined
            ? 'The stronger the colour, the more a word is like one of the query. Choose a word above to see its own.'
            : 'Coloured by this word alone. Choose it again for all.'}
        {result.passage !== undefined &&
          ` The passage that gave the score stands between the lines; the text has ${stored.passages} of them.`}
      </p>
      <HeatedText key={start} text={stored.text} start={start} end={end} words={words} chosen={chosen} />
    </section>
  );
}

interface HeatedTextProps {
  readonly text: string;
  /** Of the passage. */
  readonly start: number;
  readonly end: number;
  /** Places in the passage. */
  readonly words: readonly TextWord[];
  readonly chosen: number | undefined;
}

/** All of the text, scrolled to the passage. */
function HeatedText({ text, start, end, words, chosen }: HeatedTextProps) {
  const passage = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    const box = passage.current?.parentElement;
    if (box !== null && box !== undefined && start > 0) box.scrollTop = (passage.current?.offsetTop ?? 0) - 48;
  }, [start]);
  const isPart = start > 0 || end < text.length;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it is scrolled by keys
    <section class="heated" dir="auto" aria-label="The text, as it was read" tabIndex={0}>
      {text.slice(0, start)}
      <span ref={passage} class={isPart ? 'passage' : undefined}>
        {heated(text.slice(start, end), words, chosen)}
      </span>
      {text.slice(end)}
    </section>
  );
}

function heated(text: string, words: readonly TextWord[], chosen: number | undefined): readonly preact.ComponentChild[] {
  const parts: preact.ComponentChild[] = [];
  let at = 0;
  for (const { start, end, strength, of } of words) {
    const heat = HEATS.filter((least) => (chosen === undefined ? strength : (of[chosen] ?? 0)) >= least).length;
    if (heat === 0 || start < at) continue;
    parts.push(
      text.slice(at, start),
      <span key={start} class={`heat-${heat}`}>
        {text.slice(start, end)}
      </span>,
    );
    at = end;
  }
  parts.push(text.slice(at));
  return parts;
}
