import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { Dialog } from './dialog.tsx';

export interface Key {
  /** As `KeyboardEvent.key` names it: `j`, `?`, `Enter`, `ArrowDown`. */
  readonly key: string;
  /** What it does, as a sentence without a subject. */
  readonly about: string;
  readonly run: (event: KeyboardEvent) => void;
  /** Whether it works while a text is being typed. @default false */
  readonly inText?: boolean;
}

interface Group {
  readonly name: string;
  readonly keys: readonly Key[];
}

const groups = signal<readonly Group[]>([]);
export const keysShown = signal(false);

/** Keys that work while the component is shown. They stand in the list of keys under this heading; `keys` keep their order and number. */
export function useKeys(name: string, keys: readonly Key[]): void {
  useEffect(() => {
    const group = { name, keys };
    groups.value = [...groups.peek(), group];
    return () => {
      groups.value = groups.peek().filter((one) => one !== group);
    };
  });
}

/** Hears every key of the page. One that is of a control stays with the control. */
export function hearKeys(): () => void {
  const hear = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (document.querySelector('dialog[open]') !== null && !isOfDialog(event)) return;
    const typing = isText(event.target);
    const found = groups
      .peek()
      .flatMap(({ keys }) => keys)
      .findLast(({ key, inText = false }) => key === event.key && (!typing || inText));
    if (found === undefined || isOfControl(event)) return;
    event.preventDefault();
    found.run(event);
  };
  addEventListener('keydown', hear);
  return () => removeEventListener('keydown', hear);
}

export function KeyList() {
  return (
    <Dialog title="Keys" open={keysShown.value} onClose={() => (keysShown.value = false)}>
      {keysShown.value &&
        inOrder(groups.value).map(({ name, keys }) => (
          <section key={name} class="key-group">
            <h3>{name}</h3>
            <dl>
              {keys.map(({ key, about }) => (
                <div key={key}>
                  <dt>
                    <kbd>{shown[key] ?? key}</kbd>
                  </dt>
                  <dd>{about}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
    </Dialog>
  );
}

/** What works everywhere first, then what came last: the view that is shown. */
const inOrder = (all: readonly Group[]): readonly Group[] =>
  all.toSorted((a, b) => Number(b.name === 'Everywhere') - Number(a.name === 'Everywhere'));

const shown: Readonly<Record<string, string>> = {
  ArrowDown: '↓',
  ArrowUp: '↑',
  ArrowLeft: '←',
  ArrowRight: '→',
  ' ': 'Space',
  Escape: 'Esc',
};

const isText = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.matches('textarea, select, input:not([type=checkbox], [type=radio], [type=button], [type=submit])'));

/** Enter and Space press what has the focus, and arrows move in it. */
const isOfControl = ({ key, target }: KeyboardEvent): boolean =>
  target instanceof HTMLElement &&
  (((key === 'Enter' || key === ' ') && target.matches('a, button, summary, input, select')) ||
    (key.startsWith('Arrow') &&
      target.matches('input:is([type=radio], [type=range], [type=number], [type=date]), select, textarea, [role=region]')));

/** In an open dialog only its own keys work: those that were declared with it. */
const isOfDialog = ({ target }: KeyboardEvent): boolean => target instanceof HTMLElement && target.closest('dialog[data-keys]') !== null;
