/** What is used of OpenTelemetry's API. */
interface Span {
  setAttribute(name: string, value: string | number): unknown;
  recordException(error: Error): void;
  setStatus(status: { readonly code: number; readonly message?: string }): unknown;
  end(): void;
}

/** Runs work as a span. Where no one installed OpenTelemetry it only runs the work. */
export type Traced = <Result>(
  name: string,
  attributes: Readonly<Record<string, string | number>>,
  headers: Readonly<Record<string, unknown>>,
  work: () => Promise<Result>,
) => Promise<Result>;

const ERROR = 2;

/**
 * Spans go to the SDK that the user has set up in the process (`NODE_OPTIONS=--import=./telemetry.js`): the API package is a stub until then.
 * A trace that the caller began goes on, by its `traceparent` header.
 */
export async function openTraces(): Promise<Traced> {
  const api = await import('@opentelemetry/api').catch(() => undefined);
  if (api === undefined) return (_name, _attributes, _headers, work) => work();
  const tracer = api.trace.getTracer('finetooth');
  return (name, attributes, headers, work) => {
    const parent = api.propagation.extract(api.context.active(), headers);
    return tracer.startActiveSpan(name, { attributes: { ...attributes } }, parent, async (span: Span) => {
      try {
        return await work();
      } catch (error) {
        if (error instanceof Error) span.recordException(error);
        span.setStatus({ code: ERROR });
        throw error;
      } finally {
        span.end();
      }
    });
  };
}
