import type { Registry } from 'prom-client';
import type { LoadShedder } from '../load-shedding.ts';
import type { ProblemKind } from '../problem.ts';

/** Numbers for Prometheus. Names that begin with te_ are TEI's, so that its dashboards go on working. */
export interface Metrics {
  began(method: string): void;
  ended(method: string, outcome: ProblemKind | undefined, seconds: number, tokens: number): void;
  /** In Prometheus' text form, with its content type. */
  text(): Promise<{ readonly type: string; readonly body: string }>;
}

/** Seconds. Answers take from one to some thousand milliseconds. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export async function createMetrics(shedder: LoadShedder): Promise<Metrics> {
  const { Counter, Gauge, Histogram, Registry: Made, collectDefaultMetrics } = await import('prom-client');
  const registry: Registry = new Made();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const count = new Counter({ name: 'te_request_count', help: 'Requests.', labelNames: ['method'], registers });
  const success = new Counter({ name: 'te_request_success', help: 'Requests that were answered.', labelNames: ['method'], registers });
  const failure = new Counter({
    name: 'te_request_failure',
    help: 'Requests that were refused or failed, by reason.',
    labelNames: ['err'],
    registers,
  });
  const duration = new Histogram({
    name: 'te_request_duration',
    help: 'Seconds from request to answer.',
    labelNames: ['method'],
    buckets: BUCKETS,
    registers,
  });
  const tokens = new Counter({ name: 'finetooth_tokens', help: 'Tokens that went through models.', labelNames: ['method'], registers });
  new Gauge({
    name: 'te_queue_size',
    help: 'Requests that are worked on or wait.',
    registers,
    collect() {
      this.set(shedder.inside.requests);
    },
  });
  new Gauge({
    name: 'finetooth_queue_characters',
    help: 'Characters of those requests.',
    registers,
    collect() {
      this.set(shedder.inside.characters);
    },
  });
  return {
    began: (method) => count.inc({ method }),
    ended: (method, outcome, seconds, used) => {
      if (outcome === undefined) success.inc({ method });
      else failure.inc({ err: outcome });
      duration.observe({ method }, seconds);
      if (used > 0) tokens.inc({ method }, used);
    },
    text: async () => ({ type: registry.contentType, body: await registry.metrics() }),
  };
}
