import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';

export interface DialogProps {
  readonly title: ComponentChildren;
  readonly open: boolean;
  readonly onClose: () => void;
  readonly children?: ComponentChildren;
  /** At the side, as high as the window, for what is long. @default 'middle' */
  readonly place?: 'middle' | 'side';
}

/** A native modal dialog: the browser keeps the focus inside, closes it by Escape and gives the focus back. */
export function Dialog({ title, open, onClose, children, place = 'middle' }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  const id = useId();
  /** Whether the page closed it: the event of that comes later, when it may be open again for something else. */
  const isClosedHere = useRef(false);
  useEffect(() => {
    const dialog = element.current;
    if (dialog === null) return;
    if (open && !dialog.open) dialog.showModal();
    if (!open && dialog.open) {
      isClosedHere.current = true;
      dialog.close();
    }
  }, [open]);
  const closed = (): void => {
    if (!isClosedHere.current) onClose();
    isClosedHere.current = false;
  };
  const closeOutside = (event: MouseEvent): void => {
    if (event.target === element.current) onClose();
  };
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape does the same, by the browser
    <dialog ref={element} class={`dialog ${place}`} aria-labelledby={id} onClose={closed} onClick={closeOutside}>
      {open && (
        <div class="dialog-inside">
          <div class="dialog-head">
            <h2 id={id}>{title}</h2>
            <button type="button" class="quiet" onClick={onClose}>
              Close <kbd>Esc</kbd>
            </button>
          </div>
          <div class="dialog-body">{children}</div>
        </div>
      )}
    </dialog>
  );
}
