import type { z } from 'zod';
import type { IndexRegistry } from '../indexes/registry.ts';
import type { LoadShedder } from '../load-shedding.ts';
import type { Models } from '../models.ts';
import type { Cursors } from './cursors.ts';

/** What tools answer from. */
export interface McpApi {
  readonly indexes: IndexRegistry;
  readonly models: Pick<Models, 'reranker'>;
  readonly shedder: Pick<LoadShedder, 'admit'>;
  readonly cursors: Cursors;
  /** Whether there is a tool that adds documents. */
  readonly writable: boolean;
  readonly version: string;
  /** Milliseconds that a call may take, and one that writes. */
  readonly callMs: number;
  readonly writeMs: number;
  /** Told of what is not the client's doing, which is not told to it. */
  log(id: string, error: unknown): void;
}

/** One call of a tool. */
export interface Call {
  /** Raised when the client gives the call up, is gone, or time is over. */
  readonly signal: AbortSignal;
  /** Says how far the work is, where the client asked for that. */
  progress(message: string, done?: number, total?: number): void;
}

/** What is said of a tool beside its work (MCP, tool annotations). */
export interface Annotations {
  readonly readOnlyHint: boolean;
  readonly destructiveHint: boolean;
  readonly idempotentHint: boolean;
  /** Whether it reaches beyond the indexes and models of this server. */
  readonly openWorldHint: boolean;
}

export interface Tool<Input extends z.ZodType = z.ZodType, Output extends z.ZodType = z.ZodType> {
  readonly name: string;
  readonly title: string;
  /** When to call it, for a model that chooses. */
  readonly description: string;
  /** Strict: what a tool does not know is refused. */
  input(names: readonly string[]): Input;
  /** Loose: a field more breaks no client. */
  readonly output: Output;
  readonly annotations: Annotations;
  /** Only where documents may be added. @default false */
  readonly writes?: boolean;
  run(args: z.infer<Input>, call: Call, api: McpApi): Promise<z.infer<Output>>;
}

/** Lets the compiler infer what a tool takes and gives. */
export const tool = <Input extends z.ZodType, Output extends z.ZodType>(spec: Tool<Input, Output>): Tool => spec as unknown as Tool;

/** Of a tool that changes nothing. */
export const reading: Annotations = { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false };
