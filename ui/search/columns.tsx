import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { IndexStatus, Result } from '../api/types.ts';
import { useKeys } from '../parts/keys.tsx';
import { Card } from './card.tsx';
import { Lines } from './lines.tsx';

export interface Column {
  readonly title: string;
  readonly about: string;
  readonly results: readonly Result[];
  /** Of the first stage: scores, and no levels. */
  readonly isFirst: boolean;
  /** In the words of the other column: "in the first stage". */
  readonly name: string;
  /** Of which pipeline it is. */
  readonly pipeline: 0 | 1;
}

export interface ColumnsProps {
  readonly columns: readonly [Column, Column];
  readonly index: IndexStatus | undefined;
  /** What is shown is of the question before. */
  readonly isStale: boolean;
  /** Whether the order of both columns may still be compared: false while the first stage alone is there. */
  readonly isCompared: boolean;
}

/** Two lists of the same documents, with a line from each document's place in one to its place in the other. */
export function Columns({ columns, index, isStale, isCompared }: ColumnsProps) {
  const box = useRef<HTMLDivElement>(null);
  const [pitch, setPitch] = useState({ top: 0, height: 0 });
  const measure = (): void => {
    const list = [...(box.current?.querySelectorAll('ol') ?? [])].find(({ children }) => children.length > 0);
    const [top, height] = list === undefined ? [0, 0] : [list.offsetTop, list.offsetHeight / list.children.length];
    setPitch((before) => (before.top === top && before.height === height ? before : { top, height }));
  };
  // One list may come before the other, and the box be as high with both.
  useLayoutEffect(measure, [columns[0].results.length, columns[1].results.length]);
  useLayoutEffect(() => {
    const observer = new ResizeObserver(measure);
    if (box.current !== null) observer.observe(box.current);
    return () => observer.disconnect();
  }, []);
  useKeptFocus(box, columns);
  useListKeys(box);
  return (
    <div ref={box} class={`columns ${columns[0].isFirst ? 'stages' : 'pipelines'}`} data-stale={isStale} aria-busy={isStale}>
      {columns.map((column, side) => (
        <section key={column.title} class="column" aria-label={column.title}>
          <header class="column-head">
            <h2>{column.title}</h2>
            <p class="hint">{column.about}</p>
          </header>
          <List column={column} other={columns[1 - side] as Column} side={side} index={index} isCompared={isCompared} />
        </section>
      ))}
      <Lines left={columns[0].results} right={columns[1].results} {...pitch} />
    </div>
  );
}

interface ListProps {
  readonly column: Column;
  readonly other: Column;
  readonly side: number;
  readonly index: IndexStatus | undefined;
  readonly isCompared: boolean;
}

function List({ column, other, side, index, isCompared }: ListProps) {
  const places = new Map(other.results.map(({ id }, i) => [id, i + 1]));
  return (
    <ol class="cards" data-side={side} style={{ '--count': column.results.length }}>
      {column.results.map((result, i) => (
        <li key={result.id} data-id={result.id} style={{ '--at': i }}>
          <Card
            result={result}
            rank={i + 1}
            index={index}
            other={isCompared ? places.get(result.id) : null}
            otherName={other.name}
            isFirst={column.isFirst}
            isMoved={side === 1}
            pipeline={column.pipeline}
          />
        </li>
      ))}
    </ol>
  );
}

/** The card that had the focus keeps it when the list is put in another order. */
function useKeptFocus(box: { readonly current: HTMLDivElement | null }, columns: readonly [Column, Column]): void {
  const focused = useRef<string | undefined>(undefined);
  useLayoutEffect(() => {
    if (document.activeElement === document.body && focused.current !== undefined)
      box.current?.querySelector<HTMLElement>(focused.current)?.focus({ preventScroll: true });
  }, [columns[0].results, columns[1].results]);
  useLayoutEffect(() => {
    const remember = (event: FocusEvent): void => {
      const item = (event.target as HTMLElement).closest<HTMLElement>('li[data-id]');
      focused.current = item === null ? undefined : openerOf(item);
    };
    addEventListener('focusin', remember);
    return () => removeEventListener('focusin', remember);
  }, []);
}

const openerOf = ({ parentElement, dataset: { id = '' } }: HTMLElement): string =>
  `ol[data-side="${parentElement?.dataset.side}"] > li[data-id="${CSS.escape(id)}"] .card-open`;

function useListKeys(box: { readonly current: HTMLDivElement | null }): void {
  /** None of a list that is not shown. The list is asked, not its cards: those out of sight would all be laid out for their answer. */
  const openers = (side: number): HTMLElement[] => {
    const list = box.current?.querySelector<HTMLElement>(`ol[data-side="${side}"]`) ?? null;
    return list === null || list.offsetParent === null ? [] : [...list.querySelectorAll<HTMLElement>('.card-open')];
  };
  const place = (): { readonly side: number; readonly at: number; readonly id: string | undefined } => {
    const item = document.activeElement?.closest<HTMLElement>('li[data-id]');
    const side = Number(item?.parentElement?.dataset.side ?? 1);
    return { side, at: openers(side).indexOf(document.activeElement as HTMLElement), id: item?.dataset.id };
  };
  const step = (by: number): void => {
    const { side, at } = place();
    const all = openers(side);
    all[Math.max(0, Math.min(all.length - 1, at < 0 ? 0 : at + by))]?.focus();
  };
  const cross = (side: number): void => {
    const { at, id } = place();
    const item =
      id === undefined
        ? null
        : box.current?.querySelector<HTMLElement>(`ol[data-side="${side}"] > li[data-id="${CSS.escape(id)}"] .card-open`);
    (item ?? openers(side)[Math.max(0, at)])?.focus();
  };
  useKeys('Results', [
    { key: 'ArrowDown', about: 'next result, from the query the first', run: () => step(1), inText: true },
    { key: 'ArrowUp', about: 'result before', run: () => step(-1) },
    { key: 'j', about: 'next result', run: () => step(1) },
    { key: 'k', about: 'result before', run: () => step(-1) },
    { key: 'ArrowLeft', about: 'the same document in the left column', run: () => cross(0) },
    { key: 'ArrowRight', about: 'the same document in the right column', run: () => cross(1) },
    { key: 'Enter', about: 'why a result stands where it stands', run: () => {} },
  ]);
}
