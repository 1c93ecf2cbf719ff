import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { IndexStatus, Result } from '../api/types.ts';
import { useKeys } from '../parts/keys.tsx';
import { Card } from './card.tsx';
import { type Line, Lines } from './lines.tsx';
import { moveCards, type Place, placesIn } from './move-cards.ts';

export interface Column {
  readonly title: string;
  readonly about: string;
  readonly results: readonly Result[];
  /** Of the first stage: scores, and no levels. */
  readonly isFirst: boolean;
  /** In the words of the other column: "in the first stage". */
  readonly name: string;
  readonly onOpen: (result: Result) => void;
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
  const [lines, setLines] = useState<{ readonly all: readonly Line[]; readonly height: number }>({ all: [], height: 0 });
  const drawn = useRef('');
  useMovedCards(box, columns);
  const draw = (): void => {
    const listOf = (side: number): Map<string, Place> => placesIn(box.current?.querySelector(`ol[data-side="${side}"]`));
    const [left, right] = [listOf(0), listOf(1)];
    const all = [...left].flatMap(([id, from]): Line[] => {
      const to = right.get(id);
      return to === undefined ? [] : [{ id, from: from.middle, to: to.middle, by: from.at - to.at }];
    });
    const height = Math.max(0, ...[...left.values(), ...right.values()].map(({ end }) => end));
    // Drawn once for each layout: a second render ends here.
    const key = JSON.stringify([all, height]);
    if (key === drawn.current) return;
    drawn.current = key;
    setLines({ all, height });
  };
  useLayoutEffect(draw);
  useLayoutEffect(() => {
    const observer = new ResizeObserver(draw);
    if (box.current !== null) observer.observe(box.current);
    return () => observer.disconnect();
  }, []);
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
      <Lines {...lines} />
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
    <ol class="cards" data-side={side}>
      {column.results.map((result, i) => (
        <li key={result.id} data-id={result.id}>
          <Card
            result={result}
            rank={i + 1}
            index={index}
            other={isCompared ? places.get(result.id) : null}
            otherName={other.name}
            isFirst={column.isFirst}
            isMoved={side === 1}
            onOpen={() => column.onOpen(result)}
          />
        </li>
      ))}
    </ol>
  );
}

/** Cards go from their old place to the new one, and the one that had the focus keeps it. */
function useMovedCards(box: { readonly current: HTMLDivElement | null }, columns: readonly [Column, Column]): void {
  const before = useRef(new Map<string, Map<string, Place>>());
  const focused = useRef<string | undefined>(undefined);
  useLayoutEffect(() => {
    for (const side of ['0', '1']) {
      const list = box.current?.querySelector<HTMLElement>(`ol[data-side="${side}"]`);
      if (list === null || list === undefined) continue;
      const now = placesIn(list);
      moveCards(list, before.current.get(side), now);
      before.current.set(side, now);
    }
    if (document.activeElement === document.body && focused.current !== undefined)
      box.current?.querySelector<HTMLElement>(focused.current)?.focus({ preventScroll: true });
  }, [columns[0].results, columns[1].results]);
  useLayoutEffect(() => {
    const remember = (event: FocusEvent): void => {
      const item = (event.target as HTMLElement).closest<HTMLElement>('li[data-id]');
      const side = item?.parentElement?.dataset.side;
      focused.current =
        item === null ? undefined : `ol[data-side="${side}"] > li[data-id="${CSS.escape(item.dataset.id ?? '')}"] .card-open`;
    };
    addEventListener('focusin', remember);
    return () => removeEventListener('focusin', remember);
  }, []);
}

function useListKeys(box: { readonly current: HTMLDivElement | null }): void {
  const openers = (side: number): HTMLElement[] =>
    [...(box.current?.querySelectorAll<HTMLElement>(`ol[data-side="${side}"] .card-open`) ?? [])].filter(
      (one) => one.offsetParent !== null,
    );
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
