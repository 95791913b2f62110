import type { ClosureStatus } from '../../workflows/contract/status';
import type { FileChange } from './changed-files';
import { FakeWorld } from './fake-world';
import type { ClosureUnderTest, TimeSkippingClosures } from './time-skipping-closures';

const RULES = { policy: { readsLagMs: 0, verifyAfterMs: 0 } };

/** A closure of these systems and the account. */
export interface Story {
  readonly world: FakeWorld;
  readonly closure: ClosureUnderTest;
  /** The worker is started again, with another file. */
  readonly restartWith: (change: FileChange) => Promise<void>;
}

/** How it ended. */
export interface StoryEnd {
  readonly world: FakeWorld;
  readonly ended: ClosureStatus;
  /** What was seen on the way. */
  readonly seen: readonly ClosureStatus[];
}

/** Tells a story of a closure of these systems. */
export async function tellStory(
  closures: Pick<TimeSkippingClosures, 'withWorld'>,
  names: readonly string[],
  tell: (told: Story) => Promise<readonly ClosureStatus[]>,
): Promise<StoryEnd> {
  const world = new FakeWorld();
  for (const name of names.toReversed()) world.withService(name);
  return await closures.withWorld(
    world,
    async (stage) => {
      const closure = await stage.request();
      const restartWith = (change: FileChange): Promise<void> =>
        stage.withoutWorker(async () => {
          change(world);
          await Promise.resolve();
        });
      const seen = await tell({ world, closure, restartWith });
      return { world, seen, ended: await closure.handle.result() };
    },
    RULES,
  );
}

/** Names of the targets of its plan. */
export const plannedIn = ({ plan }: ClosureStatus): readonly string[] => plan?.targets.map(({ name }) => name) ?? [];
/** Until the person is asked a second time. */
export const untilAskedAgain = (closure: ClosureUnderTest): Promise<ClosureStatus> =>
  closure.untilSeen(({ phase, plan }) => phase === 'awaitingConfirmation' && plan?.round === 2);
/** Until these wait, each with its fault, and later than anything waited before. */
export const untilFaults = (
  closure: ClosureUnderTest,
  faults: Readonly<Record<string, string>>,
  before?: ClosureStatus,
): Promise<ClosureStatus> => {
  const waited = (before?.attention ?? []).map(({ since }) => since).toSorted();
  const after = waited.at(-1) ?? '';
  return closure.untilSeen(({ attention }) =>
    Object.entries(faults).every(([name, fault]) =>
      attention.some((one) => one.target === name && one.fault === fault && one.since > after),
    ),
  );
};
/** An operator has all of them tried again. */
export const retryAll = async (closure: ClosureUnderTest, names: readonly string[]): Promise<void> => {
  for (const name of names) await closure.resolve(name);
};
