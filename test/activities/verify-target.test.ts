import { describe, expect, it } from '@jest/globals';
import { FakeWorld } from '../support/fake-world';
import { directoryInput } from '../support/inputs';
import { attempt, type AttemptDependencies } from '../support/run-activity';

const MINUTE_MS = 60_000;
const QUIET_MS = 15 * MINUTE_MS;

const gone = (): FakeWorld => Object.assign(new FakeWorld(), { account: 'gone' as const });

function lookAt(
  world: FakeWorld,
  { ageMs, number, verifyAfterMs = QUIET_MS }: { ageMs: number; number: number; verifyAfterMs?: number },
  dependencies: AttemptDependencies = world.dependencies,
): Promise<unknown> {
  const info = { attempt: number, scheduledTimestampMs: 5_000, currentAttemptScheduledTimestampMs: 5_000 + ageMs };
  return attempt(dependencies, ['verifyTarget', { ...directoryInput(world), verifyAfterMs }], { info });
}

describe('a look that finds nothing', () => {
  it('is believed only after a second one when the quiet period is over', async () => {
    const world = gone();

    await expect(lookAt(world, { ageMs: 0, number: 1 })).rejects.toMatchObject({
      type: 'SecondLookDue',
      category: 'BENIGN',
      nonRetryable: false,
      nextRetryDelay: QUIET_MS,
    });
    await expect(lookAt(world, { ageMs: QUIET_MS, number: 2 })).resolves.toEqual({ kind: 'absent' });
  });

  it('is followed by one when the rest of the quiet period is over', async () => {
    await expect(lookAt(gone(), { ageMs: QUIET_MS - MINUTE_MS, number: 2 })).rejects.toMatchObject({
      nextRetryDelay: MINUTE_MS,
    });
  });

  it('is a first look however late it comes: the second follows at once', async () => {
    await expect(lookAt(gone(), { ageMs: 2 * QUIET_MS, number: 1 })).rejects.toMatchObject({ nextRetryDelay: 0 });
  });

  it('is enough when there is no quiet period', async () => {
    await expect(lookAt(gone(), { ageMs: 0, number: 1, verifyAfterMs: 0 })).resolves.toEqual({ kind: 'absent' });
  });

  it('has read the live accounts and the deleted ones', async () => {
    const world = gone();

    await lookAt(world, { ageMs: 0, number: 1, verifyAfterMs: 0 });

    expect(world.calls).toEqual(['findAccount', 'findDeletedAccount']);
  });
});

describe('a look that finds something', () => {
  it.each(['live', 'deleted'] as const)(
    'may be a read that lags for ten minutes: an account that is %s is looked at again',
    async (account) => {
      const world = Object.assign(new FakeWorld(), { account });

      await expect(lookAt(world, { ageMs: 0, number: 1 })).rejects.toMatchObject({
        type: 'SecondLookDue',
        nextRetryDelay: 30_000,
      });
      await expect(lookAt(world, { ageMs: 10 * MINUTE_MS - 1, number: 20 })).rejects.toMatchObject({
        nextRetryDelay: 1,
      });
    },
  );

  it('is believed after that', async () => {
    await expect(lookAt(new FakeWorld(), { ageMs: 10 * MINUTE_MS, number: 20 })).resolves.toEqual({
      kind: 'remains',
      count: 1,
    });
  });

  it('counts the live account and the deleted one', async () => {
    const world = new FakeWorld();
    const { directory, ...others } = world.dependencies;
    const both = { ...others, directory: { ...directory, findDeletedAccount: directory.findAccount } };

    await expect(lookAt(world, { ageMs: 10 * MINUTE_MS, number: 20 }, both)).resolves.toEqual({
      kind: 'remains',
      count: 2,
    });
  });

  it('leaves no audit entry: looking is no effect', async () => {
    const world = new FakeWorld();

    await lookAt(world, { ageMs: 10 * MINUTE_MS, number: 20 });

    expect(world.auditLog.entries).toEqual([]);
  });
});
