import { byScore, type Scored } from './order.ts';

/**
 * The best `count` of any number of items, best first, in memory for `count` alone: a heap whose root is the worst one kept.
 */
export function topK<T extends Scored>(items: Iterable<T>, count: number): T[] {
  if (count <= 0) return [];
  const heap: T[] = [];
  const worse = (a: number, b: number): boolean => byScore(heap[a] as T, heap[b] as T) > 0;
  const swap = (a: number, b: number): void => {
    [heap[a], heap[b]] = [heap[b] as T, heap[a] as T];
  };
  for (const item of items) {
    if (heap.length < count) {
      heap.push(item);
      for (let at = heap.length - 1; at > 0; ) {
        const parent = (at - 1) >> 1;
        if (!worse(at, parent)) break;
        swap(at, parent);
        at = parent;
      }
    } else if (byScore(item, heap[0] as T) < 0) {
      heap[0] = item;
      for (let at = 0; ; ) {
        let worst = at;
        for (const child of [2 * at + 1, 2 * at + 2]) if (child < heap.length && worse(child, worst)) worst = child;
        if (worst === at) break;
        swap(at, worst);
        at = worst;
      }
    }
  }
  return heap.sort(byScore);
}
