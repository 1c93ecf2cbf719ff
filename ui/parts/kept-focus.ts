/**
 * Whoever goes by keyboard starts again from the top when what had the focus is gone, as a button that does its work once, or can no longer be pressed. Then the
 * focus goes to what is next to it. Returns a function that ends this.
 */
export function keepFocus(): () => void {
  /** What had the focus last, and what it lay in, from inside out. */
  let path: readonly HTMLElement[] = [];
  const remember = ({ target }: FocusEvent): void => {
    path = target instanceof HTMLElement ? [target, ...ancestorsOf(target)] : [];
  };
  const forget = ({ target }: Event): void => {
    // A click on what takes no focus takes it away on purpose.
    if (target instanceof Element && target.closest(FOCUSABLE) === null) path = [];
  };
  const mend = (): void => {
    const [last, ...around] = path;
    if (last === undefined || !isLost(last)) return;
    const dialog = around.find((one) => one.matches('dialog'));
    for (const place of around) {
      if (!place.isConnected) continue;
      const next = nextIn(place, last);
      next?.focus({ preventScroll: true });
      if (!isLost(last) || place === dialog) return;
    }
  };
  const observer = new MutationObserver(mend);
  observer.observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ['disabled'] });
  addEventListener('focusin', remember);
  addEventListener('pointerdown', forget);
  return () => {
    observer.disconnect();
    removeEventListener('focusin', remember);
    removeEventListener('pointerdown', forget);
  };
}

const FOCUSABLE = 'a[href], button, input, select, textarea, summary, [tabindex]';

function* ancestorsOf(element: HTMLElement): Generator<HTMLElement> {
  for (let at = element.parentElement; at !== null && at !== document.body; at = at.parentElement) yield at;
}

/** The one that follows it where it still stands, else the first one there. */
function nextIn(place: HTMLElement, last: HTMLElement): HTMLElement | undefined {
  const all = [...place.querySelectorAll<HTMLElement>(FOCUSABLE)].filter((one) => !isDisabled(one) && one.checkVisibility());
  const isBehind = (one: HTMLElement): boolean => (last.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0;
  return (last.isConnected ? all.find(isBehind) : undefined) ?? all[0] ?? (place.matches('[tabindex]') ? place : undefined);
}

/** A browser takes the focus from what was disabled with its next frame. */
const isLost = (last: HTMLElement): boolean =>
  (document.activeElement === document.body && (!last.isConnected || isDisabled(last))) ||
  (document.activeElement === last && isDisabled(last));

const isDisabled = (element: HTMLElement): boolean => element.matches(':disabled');
