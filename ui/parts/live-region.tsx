import { signal } from '@preact/signals';

const said = signal('');

/** Tells readers of a screen reader what has changed, once they pause. */
export const announce = (sentence: string): void => {
  said.value = sentence;
};

export function LiveRegion() {
  return (
    <div class="unseen" role="status" aria-live="polite">
      {said}
    </div>
  );
}
