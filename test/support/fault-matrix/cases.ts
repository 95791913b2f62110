import type { ClosureRun, MatrixParts } from './closures';
import { FAULTS, inWords, type Disturbance, type Effect, type Fault } from './watch';

/** How a closure went that some cases of the matrix share. */
export interface CasesRun {
  readonly cases: readonly Disturbance[];
  /** Absent: it did not come to its end. */
  readonly run?: ClosureRun;
  readonly error?: string;
}

/** A closure costs seconds of two cores. With more cases in each it would wait for one time-out after the other. */
const CASES_A_CLOSURE = 8;
/** Most of them wait for a time-out, which costs nothing; more would wait for one another, and run into others. */
const AT_ONCE = 40;
/** Some ten times what it takes where nobody else uses the machine. */
const LONGEST_MS = 14 * 60_000;

/** Whoever hears nothing waits for its time-out: these begin first, so that the others go on meanwhile. */
const LONGEST_FIRST: readonly Fault[] = ['lost answer', 'slow zombie', 'cut before', 'cut after'];

/** Every effect with everything that can go wrong on its way; shared out to closures, far from one another in each. */
export function casesOf(effects: readonly Effect[]): readonly (readonly Disturbance[])[] {
  const closures = Math.ceil(effects.length / CASES_A_CLOSURE);
  return LONGEST_FIRST.flatMap((fault) =>
    Array.from({ length: closures }, (_closure, first) =>
      effects.filter((_effect, index) => index % closures === first).map((effect) => ({ effect, fault })),
    ),
  );
}

/** Runs every case, many closures at once. */
export async function runCases(
  { addPerson, run }: Pick<MatrixParts, 'addPerson' | 'run'>,
  shared: readonly (readonly Disturbance[])[],
): Promise<readonly CasesRun[]> {
  const waiting = [...shared];
  const done: CasesRun[] = [];
  const runner = async (): Promise<void> => {
    for (let cases = waiting.shift(); cases !== undefined; cases = waiting.shift()) {
      const disturbances = cases;
      done.push({ cases, ...(await runToItsEnd(async () => run(await addPerson(), disturbances))) });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, runner));
  return done;
}

/** How many cases were run, in a line. */
export function sizeOf(runs: readonly CasesRun[]): string {
  const count = runs.reduce((sum, { cases }) => sum + cases.length, 0);
  const faults = FAULTS.length;
  return `${String(count)} cases: ${String(count / faults)} effects x ${String(faults)} faults, in ${String(runs.length)} closures`;
}

async function runToItsEnd(run: () => Promise<ClosureRun>): Promise<Omit<CasesRun, 'cases'>> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error('It did not end in time.'));
    }, LONGEST_MS);
  });
  try {
    return { run: await Promise.race([run(), tooLate]) };
  } catch (error) {
    // What became of the others is worth knowing, too.
    return { error: String(error) };
  } finally {
    clearTimeout(timer);
  }
}

/** What is otherwise than in the undisturbed run, and after which cases; `undefined`: nothing. */
export function deviation(undisturbed: ClosureRun, { cases, run, error }: CasesRun): unknown {
  const after = cases.map(({ effect, fault }) => `${fault}, ${inWords(effect)}`);
  if (run === undefined) return { after, error };
  const before = comparable(undisturbed);
  const different = Object.entries(comparable(run))
    .map(([part, is]) => ({ part, was: before[part], is }))
    .filter(({ was, is }) => JSON.stringify(was) !== JSON.stringify(is));
  return different.length === 0 ? undefined : { after, different };
}

function comparable({ end, bystander, missed }: ClosureRun): Readonly<Record<string, unknown>> {
  return { ...end, bystander, missed: missed.map(inWords) };
}
