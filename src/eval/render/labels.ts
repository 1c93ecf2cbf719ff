/** Pixels from the top left corner of the plot. */
export interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Where a label may stand: moved so much from its sign, and the box that it then fills. */
export interface Place extends Box {
  readonly dx: number;
  readonly dy: number;
  readonly textAnchor: 'start' | 'end';
}

/** The first place of each that meets nothing before it; nothing where all do, for a label far from its sign would mislead. */
export function freePlaces<T extends Box>(choices: readonly (readonly T[])[], taken: readonly Box[]): readonly (T | undefined)[] {
  const boxes = [...taken];
  return choices.map((places) => {
    const free = places.find((place) => !boxes.some((box) => meets(place, box)));
    if (free !== undefined) boxes.push(free);
    return free;
  });
}

/** Above or below a sign and beside it, towards the middle of the plot first, within its width. A letter is about 8 wide where the plots' are largest, on a phone. */
export function placesFor(x: number, y: number, letters: number, available: number): readonly Place[] {
  const width = 8 * letters;
  const beside = { start: { left: x + 6, right: x + 10 + width }, end: { left: x - 10 - width, right: x - 6 } };
  return ([-11, 13] as const).flatMap((dy) =>
    (x > 0.55 * available ? (['end', 'start'] as const) : (['start', 'end'] as const))
      .map((textAnchor) => ({
        ...beside[textAnchor],
        top: y + dy - 8,
        bottom: y + dy + 8,
        dx: textAnchor === 'start' ? 9 : -9,
        dy,
        textAnchor,
      }))
      .filter(({ left, right }) => left >= -8 && right <= available + 16),
  );
}

const meets = (a: Box, b: Box): boolean => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
