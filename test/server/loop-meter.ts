/**
 * For a process of its own, by `--import`: says over its channel how long its event loop answered no one at most, in milliseconds of the processor
 * (a busy machine makes no difference), and how much memory it held at most, in MB.
 */
const EVERY_MS = 5;
const used = (): number => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
};
const rss = (): number => process.memoryUsage.rss() / 1e6;
let before = used();
let [longest, most] = [0, 0];
setInterval(() => {
  const now = used();
  longest = Math.max(longest, now - before);
  before = now;
  most = Math.max(most, rss());
}, EVERY_MS).unref();
process.on('message', (asked: unknown) => {
  if (asked !== '?') return;
  process.send?.({ longest, most, now: rss() });
  [longest, most] = [0, rss()];
});
process.channel?.unref();
