import { randomUUID } from 'node:crypto';

/**
 * Calls that a client gives up by a request of their own. Before 2026 that is how cancelling is told over HTTP, and each request is answered by itself, so
 * that the library for the protocol cannot know whose call was meant: the session says it, which a client is given a name for when it says hello.
 */
export interface GivenUp {
  /** Whether a message is a hello to be answered with a session. */
  isHello(message: unknown): boolean;
  newSession(): string;
  /**
   * Takes part of a message in a session: a call can be given up until `done`, and what gives one up does so.
   */
  follow(message: unknown, session: string | undefined): { readonly signal: AbortSignal; done(): void } | undefined;
}

interface Message {
  readonly method?: unknown;
  readonly id?: unknown;
  readonly params?: { readonly requestId?: unknown };
}

export function createGivenUp(): GivenUp {
  const running = new Map<string, AbortController>();
  const keyOf = (session: string, id: unknown): string => JSON.stringify([session, id]);
  return {
    isHello: (message) => isMessage(message) && message.method === 'initialize',
    newSession: randomUUID,
    follow: (message, session) => {
      if (!isMessage(message) || session === undefined) return undefined;
      if (message.method === 'notifications/cancelled') {
        running.get(keyOf(session, message.params?.requestId))?.abort();
        return undefined;
      }
      if (message.method !== 'tools/call' || message.id === undefined) return undefined;
      const key = keyOf(session, message.id);
      const stopper = new AbortController();
      running.set(key, stopper);
      return {
        signal: stopper.signal,
        done: () => {
          if (running.get(key) === stopper) running.delete(key);
        },
      };
    },
  };
}

const isMessage = (value: unknown): value is Message => typeof value === 'object' && value !== null && !Array.isArray(value);
