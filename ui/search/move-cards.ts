export interface Place {
  /** In its list, from 0. */
  readonly at: number;
  /** Pixels from the top of the box that holds both lists. */
  readonly start: number;
  readonly middle: number;
  readonly end: number;
}

/** Where the items of a list stand, by their ids. */
export function placesIn(list: Element | null | undefined): Map<string, Place> {
  const places = new Map<string, Place>();
  for (const [at, item] of [...(list?.children ?? [])].entries()) {
    if (!(item instanceof HTMLElement) || item.dataset.id === undefined) continue;
    const { offsetTop: start, offsetHeight: height } = item;
    places.set(item.dataset.id, { at, start, middle: start + height / 2, end: start + height });
  }
  return places;
}

/** Lets each item that stands elsewhere than before begin there and go to its place. Nothing moves for who wants no motion. */
export function moveCards(list: Element, before: ReadonlyMap<string, Place> | undefined, now: ReadonlyMap<string, Place>): void {
  if (before === undefined || matchMedia('(prefers-reduced-motion: reduce)').matches) return;
  for (const item of list.children) {
    if (!(item instanceof HTMLElement)) continue;
    const [from, to] = [before.get(item.dataset.id ?? ''), now.get(item.dataset.id ?? '')];
    if (from === undefined || to === undefined || from.start === to.start) continue;
    const direction = to.start < from.start ? 'up' : 'down';
    item.dataset.moving = direction;
    const moving = item.animate([{ transform: `translateY(${from.start - to.start}px)` }, { transform: 'none' }], {
      duration: 420,
      easing: 'cubic-bezier(.2, .7, .2, 1)',
    });
    moving.onfinish = moving.oncancel = () => delete item.dataset.moving;
  }
}
