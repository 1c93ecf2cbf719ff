import { FinetoothError } from '../../errors.ts';
import { callback, checkArguments, either, oneOf, truth } from '../../wording/check-options.ts';
import { anyNumber, anyText, listOf, optional, shape } from '../../wording/check-shapes.ts';
import { isMeasure, type Measure, parseMeasure } from '../measures/measure.ts';
import { isPipelineReport } from './check-report.ts';
import type { GateResult, Latency, PipelineReport, Stage } from './report.ts';
import { stages } from './report.ts';

type Comparator = '>=' | '<=' | '>' | '<' | '=';

/** What a gate looks at. */
type Quantity =
  | { readonly kind: 'measure'; readonly measure: Measure }
  | { readonly kind: 'latency'; readonly percentile: keyof Latency; readonly stage: Stage }
  | { readonly kind: 'failures' | 'unjudged' | 'tokens' | 'cost' | 'memory' };

export interface Gate {
  /** As it was written. */
  readonly text: string;
  /** Absent: it holds for every pipeline. */
  readonly pipeline?: string;
  readonly quantity: Quantity;
  readonly comparator: Comparator;
  /** Milliseconds, bytes, US dollars, or the measure's own scale; beside `baseline` what is added to it. */
  readonly bound: number;
  /** The bound counts from the baseline's value. */
  readonly fromBaseline: boolean;
}

export interface GateContext {
  readonly pipelines: readonly PipelineReport[];
  readonly peakMemory: number;
  /** The baseline of a pipeline, where it has one other than itself. */
  baselineOf(pipeline: string): PipelineReport | undefined;
}

/**
 * Throws E_USAGE for a gate that cannot be understood.
 *
 * @example
 * import { parseGate } from 'finetooth/eval';
 *
 * const { comparator, bound } = parseGate('nDCG@10 >= 0.62');
 * console.log(comparator, bound); // >= 0.62
 */
export function parseGate(text: string): Gate {
  checkArguments("parseGate('nDCG@10 >= 0.62')", { text: [text, anyText] });
  // An `=` inside brackets belongs to the measure.
  const [, left = '', comparator, rest = ''] =
    /^((?:\([^)]*\)|[^<>=(])*)(>=|<=|==|=|>|<)(.*)$/s.exec(text.replaceAll('≥', '>=').replaceAll('≤', '<=')) ?? [];
  const right = rest.trim();
  if (comparator === undefined) throw wrong(text, 'it has none of >=, <=, >, <, =');
  const [, pipeline, word = ''] = /^(?:(.+):\s+)?(.*)$/s.exec(left.trim()) ?? [];
  const quantity = quantityOf(word, text);
  const [, sign, offset] = /^baseline\s*(?:([+-])\s*(.+))?$/.exec(right) ?? [];
  const fromBaseline = right.startsWith('baseline');
  if (fromBaseline && (quantity.kind === 'failures' || quantity.kind === 'memory')) throw wrong(text, `${word} has no baseline`);
  if (fromBaseline && right !== 'baseline' && offset === undefined) throw wrong(text, `"${right}" is no bound`);
  const bound = fromBaseline
    ? offset === undefined
      ? 0
      : (sign === '-' ? -1 : 1) * boundOf(offset, quantity, text)
    : boundOf(right, quantity, text);
  return {
    text,
    pipeline,
    quantity,
    comparator: comparator === '==' ? '=' : (comparator as Comparator),
    bound,
    fromBaseline,
  };
}

/**
 * Holds every gate against every pipeline that it is for. What cannot be found out does not pass. Throws E_USAGE for a pipeline that is not there.
 *
 * @example
 * import { checkGates, parseGate, readReport } from 'finetooth/eval';
 *
 * const { pipelines } = await readReport('report.json');
 * const [gate] = checkGates([parseGate('nDCG@10 >= 0.1')], { pipelines, peakMemory: 0, baselineOf: () => undefined });
 * console.log(gate.passed);
 */
export function checkGates(gates: readonly Gate[], context: GateContext): GateResult[] {
  checkArguments('checkGates([parseGate("nDCG@10 >= 0.62")], { pipelines, peakMemory, baselineOf })', {
    gates: [gates, listOf('a list of gates, as parseGate gives them', isGate)],
    context: [context, isContext],
  });
  const { pipelines, peakMemory, baselineOf } = context;
  return gates.flatMap((gate) => {
    const { quantity, comparator, fromBaseline } = gate;
    const wanted = pipelines.filter(({ name }) => gate.pipeline === undefined || gate.pipeline === name);
    if (wanted.length === 0)
      throw wrong(gate.text, `there is no pipeline "${gate.pipeline}", only ${pipelines.map(({ name }) => `"${name}"`).join(', ')}`);
    return wanted.flatMap((report): GateResult[] => {
      const value = valueIn(quantity, report, peakMemory);
      const baseline = fromBaseline ? baselineOf(report.name) : undefined;
      // The baseline itself has nothing to be held against.
      if (fromBaseline && baseline === undefined && wanted.length > 1) return [];
      const from = !fromBaseline ? 0 : baseline === undefined ? undefined : valueIn(quantity, baseline, peakMemory);
      const name = nameOf(quantity);
      const passed = value !== undefined && from !== undefined && holds(value, comparator, from + gate.bound);
      const found =
        value === undefined
          ? `${name} was not measured`
          : from === undefined
            ? `${name} is ${shown(value, quantity)}, but there is no baseline`
            : `${name} is ${shown(value, quantity)}${fromBaseline ? `, the baseline's ${shown(from, quantity)}` : ''}`;
      return [{ gate: gate.text, pipeline: report.name, passed, found }];
    });
  });
}

const isGate = shape('a gate', {
  text: anyText,
  pipeline: optional(anyText),
  quantity: (value) => isQuantity(value),
  comparator: oneOf(['>=', '<=', '>', '<', '=']),
  bound: anyNumber,
  fromBaseline: truth,
});
const isContext = shape('an object with pipelines, peakMemory and baselineOf', {
  pipelines: listOf('a list of the pipelines of a report', isPipelineReport),
  peakMemory: anyNumber,
  baselineOf: callback,
});

function isQuantity(value: unknown): string | undefined {
  const ofMeasure = shape('a quantity', { kind: oneOf(['measure']), measure: isMeasure });
  const ofLatency = shape('a quantity', { kind: oneOf(['latency']), percentile: oneOf(['p50', 'p95', 'p99']), stage: oneOf(stages) });
  const other = shape('a quantity', { kind: oneOf(['failures', 'unjudged', 'tokens', 'cost', 'memory']) });
  return either('what a gate looks at, as parseGate gives it', ofMeasure, ofLatency, other)(value);
}

const wrong = (text: string, why: string): FinetoothError =>
  new FinetoothError(
    'E_USAGE',
    (say) =>
      `${say.option('gates')} "${text}": ${why}. Write it as 'nDCG@10 >= 0.62', 'p95 <= 120ms', 'p95(rerank) <= 80ms', 'nDCG@10 >= baseline - 0.01', 'failures = 0', 'unjudged <= 10%' or 'memory <= 500MB', with 'NAME: ' before it for one pipeline alone.`,
  );

function quantityOf(word: string, text: string): Quantity {
  const [, percentile, stage = 'total'] = /^(p50|p95|p99)(?:\((\w+)\))?$/.exec(word) ?? [];
  if (percentile !== undefined) {
    if (!(stages as readonly string[]).includes(stage)) throw wrong(text, `there is no stage "${stage}", only ${stages.join(', ')}`);
    return { kind: 'latency', percentile: percentile as keyof Latency, stage: stage as Stage };
  }
  if (word === 'failures' || word === 'unjudged' || word === 'tokens' || word === 'cost' || word === 'memory') return { kind: word };
  try {
    return { kind: 'measure', measure: parseMeasure(word) };
  } catch {
    throw wrong(text, `"${word}" is no measure, no percentile and none of failures, unjudged, tokens, cost, memory`);
  }
}

function boundOf(word: string, quantity: Quantity, text: string): number {
  const [, digits = '', unit = ''] = /^\$?([+-]?(?:\d+\.?\d*|\.\d+))\s*([a-z%$]*)$/i.exec(word) ?? [];
  const factor = unitsOf(quantity)[unit.toLowerCase()];
  if (digits === '' || factor === undefined) throw wrong(text, `"${word}" is no number that fits`);
  return Number(digits) * factor;
}

/** Factor of each unit that a quantity may be written in. */
function unitsOf({ kind }: Quantity): Readonly<Record<string, number>> {
  if (kind === 'latency') return { '': 1, ms: 1, s: 1000 };
  if (kind === 'memory') return { '': 1, kb: 1e3, mb: 1e6, gb: 1e9 };
  if (kind === 'unjudged' || kind === 'measure') return { '': 1, '%': 0.01 };
  return { '': 1, $: 1, usd: 1 };
}

function valueIn(quantity: Quantity, report: PipelineReport, peakMemory: number): number | undefined {
  if (quantity.kind === 'measure') return report.measures[quantity.measure.name]?.value;
  if (quantity.kind === 'latency') return report.latency[quantity.stage]?.[quantity.percentile];
  if (quantity.kind === 'failures') return report.failures.length;
  if (quantity.kind === 'unjudged') return report.unjudged.share;
  if (quantity.kind === 'memory') return peakMemory;
  return report[quantity.kind];
}

function nameOf(quantity: Quantity): string {
  if (quantity.kind === 'measure') return quantity.measure.name;
  if (quantity.kind === 'latency') return quantity.stage === 'total' ? quantity.percentile : `${quantity.percentile}(${quantity.stage})`;
  return quantity.kind;
}

function holds(value: number, comparator: Comparator, bound: number): boolean {
  // A bound that was printed with a few digits must not fail on the ones that were not.
  const slack = 1e-9;
  if (comparator === '>=') return value >= bound - slack;
  if (comparator === '<=') return value <= bound + slack;
  if (comparator === '>') return value > bound;
  if (comparator === '<') return value < bound;
  return Math.abs(value - bound) <= slack;
}

function shown(value: number, { kind }: Quantity): string {
  if (kind === 'latency') return `${value.toFixed(1)} ms`;
  if (kind === 'memory') return `${Math.round(value / 1e6)} MB`;
  return kind === 'failures' ? String(value) : String(Number(value.toFixed(4)));
}
