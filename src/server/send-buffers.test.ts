import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { createPieces, createSendBuffers, type SendBufferOptions } from './send-buffers.ts';

const cleanup: (() => void)[] = [];
afterEach(() => {
  for (const act of cleanup.splice(0)) act();
});

/** A client that asks and then reads nothing, or everything, and the answer that it gets. */
const asked = async (handle: (answer: ServerResponse) => void) => {
  const server = createServer((_, answer) => handle(answer));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanup.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return (reads: boolean): Socket => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.on('error', () => {});
    if (reads) socket.resume();
    else socket.pause();
    socket.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
    cleanup.push(() => socket.destroy());
    return socket;
  };
};
const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await sleep(10);
};
const big = 'x'.repeat(30_000_000);
const answering = async (options: SendBufferOptions) => {
  const sendBuffers = createSendBuffers(options);
  const closed: boolean[] = [];
  const ask = await asked((answer) => {
    const at = closed.push(false) - 1;
    answer.on('close', () => (closed[at] = true));
    void createPieces(answer, sendBuffers).end(big);
  });
  return { sendBuffers, closed, ask };
};

it('cuts off a reader that takes nothing, and no other', async () => {
  const { sendBuffers, closed, ask } = await answering({ stalledMs: 300, mostBytes: 1e9 });
  let got = 0;
  ask(false);
  ask(true).on('data', (part) => (got += part.length));
  await until(() => closed[0] === true && got >= big.length);
  expect(sendBuffers.waiting).toBe(0);
});

it('leaves a slow reader alone that takes something now and then', async () => {
  const { closed, ask } = await answering({ stalledMs: 400, mostBytes: 1e9 });
  const socket = ask(false);
  let got = 0;
  for (let i = 0; i < 12; i++) {
    await sleep(150);
    got += (socket.read(2_000_000) as Buffer | null)?.length ?? (socket.read() as Buffer | null)?.length ?? 0;
  }
  expect([got > 0, closed[0]]).toEqual([true, false]);
});

it('hurries readers when too much waits', async () => {
  const { sendBuffers, closed, ask } = await answering({ stalledMs: 600_000, mostBytes: 50_000_000 });
  ask(false);
  await until(() => sendBuffers.waiting > 0);
  await sleep(1500);
  expect(closed).toEqual([false]);
  ask(false);
  await until(() => closed.length === 2 && closed.every(Boolean));
  expect(sendBuffers.waiting).toBe(0);
});

it('keeps the newest piece alone while the reader is behind', async () => {
  const sendBuffers = createSendBuffers({ stalledMs: 10_000, mostBytes: 1e9 });
  const ask = await asked((answer) => {
    const pieces = createPieces(answer, sendBuffers);
    pieces.send(`first ${big} `);
    for (let i = 0; i < 1000; i++) pieces.send(`later ${i} `);
    void pieces.end('last');
  });
  let text = '';
  ask(true)
    .setEncoding('utf8')
    .on('data', (part: string) => (text += part));
  await until(() => text.includes('last'));
  expect(text.replaceAll('x', '').match(/(first|later \d+|last)/g)).toEqual(['first', 'later 999', 'last']);
});
