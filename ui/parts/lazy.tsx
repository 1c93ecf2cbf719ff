import { type ComponentType, h } from 'preact';
import { useEffect, useState } from 'preact/hooks';

/** A view whose script is loaded when it is first shown. */
export function lazy<Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  let loaded: ComponentType<Props> | undefined;
  return function Lazy(props: Props) {
    const [failed, setFailed] = useState(false);
    const [, setReady] = useState(loaded !== undefined);
    useEffect(() => {
      if (loaded !== undefined) return;
      load().then(
        (component) => {
          loaded = component;
          setReady(true);
        },
        () => setFailed(true),
      );
    }, []);
    if (loaded !== undefined) return h(loaded, props);
    return failed ? (
      <p class="note failed">This part of the page could not be loaded. Reload the page to try again.</p>
    ) : (
      <p class="note">Loading…</p>
    );
  };
}
