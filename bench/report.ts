import { median, type Comparison } from './compare';
import type { ErasureFigures } from './erasures';

/** The figures of a run, as `--json` prints them. */
export interface Figures {
  readonly closuresPerSecond: number;
  readonly barePerSecond: number;
  /** Median of the rounds' ratios. */
  readonly ratio: number;
  readonly eventsPerClosure: number;
  readonly actionsPerClosure: number;
  /** Of the worker's process alone. */
  readonly cpuMsPerClosure: number;
  /** The most that the worker's process ever held. */
  readonly rssMb: number;
  /** Of the directory, a database and a service, which all answer at once. */
  readonly threeTargets: {
    readonly closuresPerSecond: number;
    readonly eventsPerClosure: number;
    readonly actionsPerClosure: number;
    /** Of its speed to that of the directory alone: median of the rounds. */
    readonly ratioToOne: number;
  };
  /** Only where there is a PostgreSQL. */
  readonly erasures?: ErasureFigures;
  /** Only when it was asked for. */
  readonly recoveryP95Ms?: number;
}

/** What was measured besides the comparison. */
export interface Measurements {
  readonly recoveryP95Ms?: number | undefined;
  readonly erasures?: ErasureFigures | undefined;
}

/** design.md 9: what the program must reach. */
const GOALS = {
  ratio: 0.9,
  events: 60,
  actions: 20,
  recoveryMs: 3_000,
  eventsOfThree: 90,
  actionsOfThree: 30,
  erasuresPerMinute: 550,
  rowsRatio: 0.5,
} as const;

/** The figures of ours, beside the speed of the bare Workflow. */
export function figuresOf({ ours, bare, three }: Comparison, { recoveryP95Ms, erasures }: Measurements = {}): Figures {
  const closuresPerSecond = median(ours.closuresPerSecond);
  const barePerSecond = median(bare.closuresPerSecond);
  return {
    closuresPerSecond: rounded(closuresPerSecond, 2),
    barePerSecond: rounded(barePerSecond, 2),
    ratio: rounded(ratioOf(ours.closuresPerSecond, bare.closuresPerSecond), 3),
    eventsPerClosure: ours.closure.events,
    actionsPerClosure: ours.closure.actions,
    cpuMsPerClosure: rounded(ours.cpuMsPerClosure, 1),
    rssMb: rounded(ours.peakRssMb, 0),
    threeTargets: {
      closuresPerSecond: rounded(median(three.closuresPerSecond), 2),
      eventsPerClosure: three.closure.events,
      actionsPerClosure: three.closure.actions,
      ratioToOne: rounded(ratioOf(three.closuresPerSecond, ours.closuresPerSecond), 3),
    },
    ...(erasures === undefined ? {} : { erasures: roundedErasures(erasures) }),
    ...(recoveryP95Ms === undefined ? {} : { recoveryP95Ms: rounded(recoveryP95Ms, 0) }),
  };
}

function roundedErasures(figures: ErasureFigures): ErasureFigures {
  return {
    erasuresPerMinute: rounded(figures.erasuresPerMinute, 0),
    erasuresPerMinuteAtOnce: rounded(figures.erasuresPerMinuteAtOnce, 0),
    rowsPerSecond: rounded(figures.rowsPerSecond, 0),
    plainRowsPerSecond: rounded(figures.plainRowsPerSecond, 0),
    rowsRatio: rounded(figures.rowsRatio, 3),
    heapGrowthMb: rounded(figures.heapGrowthMb, 0),
    rssGrowthMb: rounded(figures.rssGrowthMb, 0),
  };
}

/** The middle of the rounds' own ratios: the speed of a machine changes from minute to minute, and both sides of a round share it. */
function ratioOf(ours: readonly number[], bare: readonly number[]): number {
  return median(ours.map((speed, round) => speed / (bare[round] ?? Number.NaN)));
}

type Row = readonly [label: string, ours: string, bare: string, goal: string];

/** The figures for people, each beside its goal. */
export function tableOf({ ours, bare }: Comparison, figures: Figures): string {
  const { ratio, eventsPerClosure, actionsPerClosure, recoveryP95Ms } = figures;
  const rows: Row[] = [
    ['', 'ours', 'bare', 'goal'],
    ['Closures per second', figures.closuresPerSecond.toFixed(2), figures.barePerSecond.toFixed(2), ''],
    ['  slowest and fastest round', spread(ours.closuresPerSecond), spread(bare.closuresPerSecond), ''],
    ['Ratio', ratio.toFixed(3), '', goal(`>= ${GOALS.ratio}`, ratio >= GOALS.ratio)],
    [
      'Events per closure',
      String(eventsPerClosure),
      String(bare.closure.events),
      atMost(eventsPerClosure, GOALS.events),
    ],
    ['  forgetClosure, its own', String(ours.followUp.events), String(bare.followUp.events), ''],
    [
      'Cloud actions per closure',
      String(actionsPerClosure),
      String(bare.closure.actions),
      atMost(actionsPerClosure, GOALS.actions),
    ],
    ['  forgetClosure, its own', String(ours.followUp.actions), String(bare.followUp.actions), ''],
    ['Worker CPU per closure, ms', ours.cpuMsPerClosure.toFixed(1), bare.cpuMsPerClosure.toFixed(1), ''],
    ['Worker memory, peak, MB', ours.peakRssMb.toFixed(0), bare.peakRssMb.toFixed(0), ''],
    ...rowsOfThree(figures),
    ...rowsOfErasures(figures.erasures),
    ...(recoveryP95Ms === undefined ? [] : [recoveryRow(recoveryP95Ms)]),
  ];
  return rows.map(line).join('\n');
}

function rowsOfThree({ threeTargets }: Figures): readonly Row[] {
  const { closuresPerSecond, ratioToOne, eventsPerClosure, actionsPerClosure } = threeTargets;
  return [
    ['Three targets', '', '', ''],
    ['  closures per second', closuresPerSecond.toFixed(2), '', ''],
    ['  of the speed with one', ratioToOne.toFixed(3), '', ''],
    ['  events per closure', String(eventsPerClosure), '', atMost(eventsPerClosure, GOALS.eventsOfThree)],
    ['  Cloud actions per closure', String(actionsPerClosure), '', atMost(actionsPerClosure, GOALS.actionsOfThree)],
  ];
}

function rowsOfErasures(erasures: ErasureFigures | undefined): readonly Row[] {
  if (erasures === undefined) return [['Erasures on PostgreSQL', '', '', 'not measured: TEST_DATABASE_URL is not set']];
  const { erasuresPerMinute, rowsRatio, rowsPerSecond, plainRowsPerSecond } = erasures;
  const enough = erasuresPerMinute >= GOALS.erasuresPerMinute;
  return [
    ['Erasures on PostgreSQL', 'ours', 'DELETE', ''],
    ['  a minute', String(erasuresPerMinute), '', goal(`>= ${GOALS.erasuresPerMinute}`, enough)],
    ['  a minute, four at a time', String(erasures.erasuresPerMinuteAtOnce), '', ''],
    ['  rows per second', String(rowsPerSecond), String(plainRowsPerSecond), ''],
    ['  ratio', rowsRatio.toFixed(3), '', goal(`>= ${GOALS.rowsRatio}`, rowsRatio >= GOALS.rowsRatio)],
    ['  heap grew by, 100,000 rows, MB', String(erasures.heapGrowthMb), '', ''],
    ['  memory grew by, MB', String(erasures.rssGrowthMb), '', ''],
  ];
}

function recoveryRow(p95Ms: number): Row {
  const isMet = p95Ms <= GOALS.recoveryMs;
  return [
    'Confirmed after kill -9, p95, s',
    (p95Ms / 1000).toFixed(2),
    '',
    goal(`<= ${GOALS.recoveryMs / 1000}`, isMet),
  ];
}

function line([label, ours, bare, reached]: Row): string {
  return `${label.padEnd(33)}${ours.padStart(13)}${bare.padStart(13)}  ${reached}`.trimEnd();
}

function spread(numbers: readonly number[]): string {
  return `${Math.min(...numbers).toFixed(2)}-${Math.max(...numbers).toFixed(2)}`;
}

function atMost(number: number, limit: number): string {
  return goal(`<= ${limit}`, number <= limit);
}

function goal(text: string, isMet: boolean): string {
  return `${text}: ${isMet ? 'met' : 'not met'}`;
}

function rounded(number: number, digits: number): number {
  return Number(number.toFixed(digits));
}
