import { checkArguments } from '../../wording/check-options.ts';
import { anyNumber } from '../../wording/check-shapes.ts';
import { counted, duration, figure, grouped, probability, signed, size } from '../../wording/numbers.ts';
import { fitted, harmless } from '../../wording/terminal-text.ts';
import { isReport } from '../report/check-report.ts';
import type { Comparison, EvalReport, QueryChange } from '../report/report.ts';
import { powerAssumption } from '../significance/verdict.ts';
import { columnsBeside, cutOffTable, headroomTable, headroomTitle, overlapTable, overlapTitle } from './tables.ts';

/**
 * A report for a terminal of that many columns: plain text, in which nothing commands it.
 *
 * @example
 * import { readReport, toText } from 'finetooth/eval';
 *
 * console.log(toText(await readReport('report.json'), 80));
 */
export function toText(report: EvalReport, columns = 100): string {
  checkArguments('toText(await evaluate({ data }), 100)', { report: [report, isReport], columns: [columns, anyNumber] });
  const widest = Math.max(16, Math.min(40, columns - 60));
  const { withoutRelevant, gates, warnings, pipelines } = report;
  const none =
    withoutRelevant.count === 0
      ? ''
      : `, ${withoutRelevant.count} without a relevant document (${withoutRelevant.dropped ? 'left out' : 'counted as 0'})`;
  const failures = pipelines.flatMap(({ name, failures: list }) =>
    list.slice(0, 10).map((one) => `  ${name}, query ${one.query}: ${one.message}`),
  );
  const unsafe = report.comparisons.flatMap(({ pipeline, unsafe: why }) =>
    why === undefined ? [] : [`the verdict on "${pipeline}" is not safe: ${why}`],
  );
  const apart = report.comparisons.flatMap(({ pipeline, measure, disagreement }) =>
    disagreement === undefined || measure !== report.primary ? [] : [`on "${pipeline}": ${disagreement}.`],
  );
  const lines = [
    `${counted(report.queries, 'query', 'queries')}${none}.`,
    '',
    ...figures(report, widest),
    ...stageTimes(report, widest),
    ...comparisonLines(report, widest),
    ...headroomLines(report, widest),
    ...overlapLines(report, widest),
    ...cutOffLines(report, widest),
    ...changeLines(report, columns),
    ...(warnings.length + unsafe.length + apart.length === 0
      ? []
      : ['', ...[...apart, ...unsafe, ...warnings].map((one) => `Note: ${harmless(one)}`)]),
    ...(failures.length === 0 ? [] : ['', 'Failed:', ...failures.map(harmless)]),
    ...(gates.length === 0
      ? []
      : [
          '',
          ...gates.map(
            ({ gate, pipeline, passed, found }) => `${passed ? 'passed' : 'FAILED'}  ${gate}  (${harmless(pipeline)}: ${found})`,
          ),
        ]),
    '',
    `Peak memory ${size(report.peakMemory)}, seed ${report.settings.seed}, ${grouped(report.settings.resamples)} resamples.`,
  ];
  return `${lines.join('\n')}\n`;
}

function figures({ pipelines }: EvalReport, widest: number): string[] {
  const names = Object.keys(pipelines[0]?.measures ?? {});
  const beside = columnsBeside(pipelines, ['p50', 'p95', 'p99']);
  const rows = pipelines.map((one) => [
    one.name,
    ...names.map((name) => figure(one.measures[name]?.value ?? 0)),
    ...beside.map(({ cell }) => cell(one)),
  ]);
  return table([['', ...names, ...beside.map(({ head }) => head)], ...rows], widest);
}

function stageTimes({ pipelines }: EvalReport, widest: number): string[] {
  const staged = pipelines.filter(({ latency }) => latency.rerank !== undefined && latency.retrieve !== undefined);
  if (staged.length === 0) return [];
  const stages = ['embed', 'retrieve', 'rerank'] as const;
  const rows = staged.map(({ name, latency }) => [
    name,
    ...stages.map((stage) => {
      const times = latency[stage];
      return times === undefined ? '' : [times.p50, times.p95, times.p99].map(duration).join(', ');
    }),
  ]);
  return ['', 'Time of each stage, p50, p95, p99:', ...table([['', ...stages], ...rows], widest)];
}

function comparisonLines(report: EvalReport, widest: number): string[] {
  const shown = report.comparisons.filter(({ measure }) => measure === report.primary);
  if (shown.length === 0) return [];
  const rows = shown.map(({ pipeline, difference, low, high, adjustedP }) => [
    pipeline,
    signed(difference),
    `${signed(low)} to ${signed(high)}`,
    probability(adjustedP),
  ]);
  const aligned = table([['', 'difference', '95 % interval', 'p'], ...rows], widest);
  const verdicts = ['', ...shown.map(({ verdict }) => verdict)];
  const lines = aligned.map((line, at) => `${line}  ${verdicts[at] ?? ''}`.trimEnd());
  const bases = [...new Set(shown.map(({ baseline }) => baseline))].map((name) => `"${harmless(name)}"`).join(', ');
  const holm = shown.length > 1 ? ", corrected for several comparisons by Holm's method" : '';
  const assumed = shown.some(({ verdict }) => verdict.startsWith('cannot')) ? [powerAssumption] : [];
  return ['', `${report.primary} against ${bases} (randomisation test${holm}):`, ...lines, ...assumed];
}

function headroomLines(report: EvalReport, widest: number): string[] {
  const { heads, rows } = headroomTable(report);
  return rows.length === 0 ? [] : ['', headroomTitle, ...table([['', ...heads], ...rows], widest)];
}

function overlapLines(report: EvalReport, widest: number): string[] {
  const { heads, rows } = overlapTable(report);
  return rows.length === 0 ? [] : ['', overlapTitle, ...table([['', ...heads.map((name) => fitted(name, 16).trim())], ...rows], widest)];
}

function cutOffLines(report: EvalReport, widest: number): string[] {
  const { counts, rows } = cutOffTable(report);
  if (rows.length === 0) return [];
  const title = `${report.primary} with fewer candidates, and how much of the gain over the first stage is left:`;
  return ['', title, ...table([['', ...counts], ...rows], widest)];
}

function changeLines({ comparisons }: EvalReport, columns: number): string[] {
  // With many pipelines the largest difference is what a reader wants to look into; the page and the JSON have them all.
  const [most] = comparisons
    .filter((one): one is Comparison & Required<Pick<Comparison, 'helped' | 'hurt'>> => one.helped !== undefined && one.hurt !== undefined)
    .sort((a, b) => Math.abs(b.difference) - Math.abs(a.difference));
  if (most === undefined || most.helped.length + most.hurt.length === 0) return [];
  const width = Math.max(20, Math.min(60, columns - 50));
  const lines = (title: string, changes: readonly QueryChange[]): string[] =>
    changes.length === 0
      ? []
      : [
          title,
          ...changes
            .slice(0, 10)
            .map((one) => `  ${figure(one.before)} → ${figure(one.after)}  ${fitted(one.text ?? one.query, width)}  ${moved(one)}`),
        ];
  return [
    '',
    ...lines(`Most helped by "${harmless(most.pipeline)}":`, most.helped),
    ...lines(`Most hurt by "${harmless(most.pipeline)}":`, most.hurt),
  ];
}

/** Columns as wide as their widest cell; the first is text, the others are numbers. */
function table(rows: readonly (readonly string[])[], widest: number): string[] {
  const count = Math.max(...rows.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, at) => Math.max(...rows.map((row) => [...(row[at] ?? '')].length)));
  widths[0] = Math.min(widths[0] as number, widest);
  return rows.map((row) =>
    row
      .map((cell, at) => (at === 0 ? fitted(cell, widths[0] as number) : cell.padStart(widths[at] as number)))
      .join('  ')
      .trimEnd(),
  );
}

const moved = ({ moved: moves }: QueryChange): string =>
  moves
    .slice(0, 2)
    .map(({ id, grade, from, to }) => `${harmless(id)} (grade ${grade ?? '?'}) ${from ?? 'absent'} → ${to ?? 'absent'}`)
    .join(', ');
