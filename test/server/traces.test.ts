import { context, propagation, trace } from '@opentelemetry/api';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { afterAll, expect, it } from 'vitest';
import { openTraces } from '../../src/server/observability/traces.ts';
import { ask, fakeApp } from './fake.ts';

const exporter = new InMemorySpanExporter();
trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));
// What the SDK's W3C propagator does with the one header that matters here.
propagation.setGlobalPropagator({
  fields: () => ['traceparent'],
  inject: () => {},
  extract: (from, carrier) => {
    const [, traceId, spanId] = String((carrier as Record<string, unknown>).traceparent ?? '').split('-');
    return traceId === undefined || spanId === undefined
      ? from
      : trace.setSpanContext(from, { traceId, spanId, traceFlags: 1, isRemote: true });
  },
});
afterAll(() => {
  trace.disable();
  propagation.disable();
  context.disable();
});

it('makes a span of each request for the SDK that the user set up, below the caller’s own', async () => {
  const app = await fakeApp({ traced: await openTraces() });
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  await ask(app, '/v2/rerank', { model: 'default', query: 'q', documents: ['a'] }, { traceparent: `00-${traceId}-b7ad6b7169203331-01` });
  await ask(app, '/v2/rerank', { model: 'none', query: 'q', documents: ['a'] });
  const [good, failed] = exporter.getFinishedSpans();
  expect(good?.name).toBe('rerank');
  expect(good?.attributes).toEqual({ path: '/v2/rerank' });
  expect(good?.spanContext().traceId).toBe(traceId);
  expect(failed?.status.code).toBe(2);
  expect(JSON.stringify([good?.attributes, failed?.attributes])).not.toContain('"q"');
  await app.close();
});
