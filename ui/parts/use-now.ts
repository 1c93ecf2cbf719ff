import { useEffect, useState } from 'preact/hooks';

/** Milliseconds as `performance.now()` counts, renewed so often while `isRunning`. */
export function useNow(isRunning: boolean, everyMs = 250): number {
  const [now, setNow] = useState(() => performance.now());
  useEffect(() => {
    if (!isRunning) return;
    setNow(performance.now());
    const timer = setInterval(() => setNow(performance.now()), everyMs);
    return () => clearInterval(timer);
  }, [isRunning, everyMs]);
  return now;
}
