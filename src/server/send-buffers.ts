import type { FastifyReply } from 'fastify';

type ServerResponse = FastifyReply['raw'];

export interface SendBufferOptions {
  /** Milliseconds in which a reader must take something of what waits for it. */
  readonly stalledMs: number;
  /** Bytes of all answers that wait for their readers; above them a reader has a second. */
  readonly mostBytes: number;
}

/** Answers that are on their way. A reader that stops reading is cut off: what waits for it is memory of the server. */
export interface SendBuffers {
  /** So many more bytes wait for that reader, until all of them are sent or the reader is gone. */
  wait(answer: ServerResponse, bytes: number): void;
  /** Nothing waits for that reader now. */
  taken(answer: ServerResponse): void;
  /** Bytes that wait. */
  readonly waiting: number;
}

/** Milliseconds that a reader has when there is no room. */
const HURRIED_MS = 1000;

/** Sends an answer piece by piece, no faster than it is read. */
export interface Pieces {
  /** While the reader is behind, only the newest is kept. */
  send(text: string): void;
  /** The last piece, after whatever was kept; resolves when it is sent or the reader is gone. */
  end(text: string): Promise<void>;
}

export function createSendBuffers({ stalledMs, mostBytes }: SendBufferOptions): SendBuffers {
  const answers = new Map<ServerResponse, number>();
  let waiting = 0;
  let hurried = false;
  // The clock of a socket starts again whenever a part of what waits was taken.
  const watch = (answer: ServerResponse): void => {
    answer.socket?.setTimeout?.(hurried ? Math.min(HURRIED_MS, stalledMs) : stalledMs);
  };
  const taken = (answer: ServerResponse): void => {
    const bytes = answers.get(answer);
    if (bytes === undefined) return;
    answers.delete(answer);
    waiting -= bytes;
    hurried &&= waiting > mostBytes;
    answer.socket?.setTimeout?.(0);
  };
  const known = new WeakSet<ServerResponse>();
  return {
    get waiting() {
      return waiting;
    },
    wait: (answer, bytes) => {
      if (answer.destroyed || answer.writableFinished) return;
      if (!known.has(answer)) {
        known.add(answer);
        // Node sets the clock of a connection that is kept itself, once the answer is out.
        answer
          .once('finish', () => taken(answer))
          .once('close', () => taken(answer))
          .on('timeout', () => answer.destroy());
      }
      answers.set(answer, (answers.get(answer) ?? 0) + bytes);
      waiting += bytes;
      if (waiting > mostBytes && !hurried) {
        hurried = true;
        for (const other of answers.keys()) watch(other);
      } else watch(answer);
    },
    taken,
  };
}

export function createPieces(answer: ServerResponse, sendBuffers: SendBuffers): Pieces {
  let newest: string | undefined;
  let isBehind = false;
  const write = (text: string): void => {
    if (answer.destroyed || answer.write(text)) return;
    isBehind = true;
    sendBuffers.wait(answer, Buffer.byteLength(text));
  };
  answer.on('drain', () => {
    isBehind = false;
    sendBuffers.taken(answer);
    if (newest === undefined) return;
    const text = newest;
    newest = undefined;
    write(text);
  });
  return {
    send: (text) => {
      if (isBehind) newest = text;
      else write(text);
    },
    end: (text) =>
      new Promise((resolve) => {
        if (answer.destroyed) return resolve();
        answer.once('close', resolve).once('finish', resolve);
        const last = `${newest ?? ''}${text}`;
        newest = undefined;
        sendBuffers.wait(answer, Buffer.byteLength(last));
        answer.end(last);
      }),
  };
}
