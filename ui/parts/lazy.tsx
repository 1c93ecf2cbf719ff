import { type ComponentType, h } from 'preact';
import { useEffect, useState } from 'preact/hooks';

/** A view whose script and styles are loaded when it is first shown, or before. */
export type Lazy<Props> = ComponentType<Props> & {
  /** Loads them while the page has nothing else to do, so that whoever opens the view does not wait for its code, nor for styles that all cards are compared with. */
  preload(): void;
};

export function lazy<Props extends object>(load: () => Promise<ComponentType<Props>>): Lazy<Props> {
  let loaded: ComponentType<Props> | undefined;
  let loading: Promise<ComponentType<Props>> | undefined;
  const once = (): Promise<ComponentType<Props>> => {
    loading ??= load().then(
      (component) => (loaded = component),
      (error: unknown) => {
        loading = undefined;
        throw error;
      },
    );
    return loading;
  };
  function Lazy(props: Props) {
    const [failed, setFailed] = useState(false);
    const [, setReady] = useState(loaded !== undefined);
    useEffect(() => {
      if (loaded !== undefined) return;
      once().then(
        () => setReady(true),
        () => setFailed(true),
      );
    }, []);
    if (loaded !== undefined) return h(loaded, props);
    return failed ? (
      <p class="note failed">This part of the page could not be loaded. Reload the page to try again.</p>
    ) : (
      <p class="note">Loading…</p>
    );
  }
  return Object.assign(Lazy, {
    // What fails now is tried again, and told, when it is wanted.
    preload: () => whenIdle(() => void once().catch(() => {})),
  });
}

/** Safari has no such moment; there it is soon. */
const whenIdle = (work: () => void): void => {
  if ('requestIdleCallback' in globalThis) requestIdleCallback(work, { timeout: 5000 });
  else setTimeout(work, 200);
};
