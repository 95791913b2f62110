import { describe, expect, it } from '@jest/globals';
import { confirmSignal, confirmUpdate } from '../../workflows/contract/messages';
import type { ClosureStatus } from '../../workflows/contract/status';
import { FakeWorld } from '../support/fake-world';
import { HISTORY } from '../support/inputs';
import { closuresOfThisFile, type ClosureUnderTest } from '../support/time-skipping-closures';
import { takeDatabaseAway } from '../support/world-faults';

const closures = closuresOfThisFile('real');

const WINDOW = { policy: { confirmationWindowMs: 4_000, verifyAfterMs: 0 } };

async function sleepUntilWindowsEnd({ confirmBy = '' }: ClosureStatus, plusMs: number): Promise<void> {
  const now = await closures.environment.currentTimeMs();
  await closures.environment.sleep(Date.parse(confirmBy) - now + plusMs);
}

/** How the closure in that world ends when that happens once the person is asked. */
function endedAfter(
  world: FakeWorld,
  act: (closure: ClosureUnderTest, asked: ClosureStatus) => Promise<void>,
): Promise<ClosureStatus> {
  return closures.withWorld(
    world,
    async () => {
      const closure = await closures.request();
      await act(closure, await closure.untilPhase('awaitingConfirmation'));
      return await closure.handle.result();
    },
    WINDOW,
  );
}

describe('the time to confirm', () => {
  it('is over for a Signal that comes after it while no worker runs: nothing is erased', async () => {
    const world = new FakeWorld();

    const ended = await endedAfter(world, async (closure, asked) => {
      await closures.withoutWorker(async () => {
        await sleepUntilWindowsEnd(asked, 1_000);
        await closure.handle.signal(confirmSignal, closure.yesTo(asked));
      });
    });

    expect(ended).toMatchObject({ outcome: 'expired', refusedConfirmations: 1 });
    expect(world.effects).toEqual(['requestExport']);
    expect(world.auditLog.entries.filter(({ step }) => step === 'confirm')).toEqual([]);
  });

  it('is over for an Update that comes after it while no worker runs: it is told so', async () => {
    const world = new FakeWorld();

    const ended = await endedAfter(world, async (closure, asked) => {
      const sent = await closures.withoutWorker(async () => {
        await sleepUntilWindowsEnd(asked, 1_000);
        const update = closure.handle.executeUpdate(confirmUpdate, { args: [closure.yesTo(asked)] });
        return { update };
      });
      await expect(sent.update).rejects.toMatchObject({ cause: { type: 'window-over' } });
    });

    expect(ended.outcome).toBe('expired');
    expect(world.account).toBe('live');
  });

  it('is over for a yes that was sent in time and is seen late: nothing is deleted on doubt', async () => {
    const world = new FakeWorld();

    const ended = await endedAfter(world, async (closure, asked) => {
      await closures.withoutWorker(async () => {
        await sleepUntilWindowsEnd(asked, -1_500);
        await closure.handle.signal(confirmSignal, closure.yesTo(asked));
        await sleepUntilWindowsEnd(asked, 1_000);
      });
    });

    expect(ended).toMatchObject({ outcome: 'expired', refusedConfirmations: 1 });
    expect(world.effects).toEqual(['requestExport']);
  });

  it('is not over shortly before its end', async () => {
    const world = new FakeWorld();

    const ended = await endedAfter(world, async (closure, asked) => {
      await sleepUntilWindowsEnd(asked, -1_500);
      await closure.confirm();
    });

    expect(ended.outcome).toBe('closed');
  });

  it('ends in one way only: a withdrawal that comes while the expiry is written is told that the closure has ended', async () => {
    const world = new FakeWorld();

    const ended = await closures.withWorld(
      world,
      async () => {
        const closure = await closures.request();
        const asked = await closure.untilPhase('awaitingConfirmation');
        const bringBack = takeDatabaseAway(world);
        await sleepUntilWindowsEnd(asked, 0);
        await closure.untilSeen(() => world.calls.includes('end'));
        const withdrawal = closure.withdraw().catch((refusal: unknown) => refusal);
        bringBack();
        expect(await withdrawal).toMatchObject({ cause: { type: 'closure-has-ended' } });
        return await closure.handle.result();
      },
      WINDOW,
    );

    expect(ended.outcome).toBe('expired');
    const [{ closureId, firstRunId } = HISTORY] = world.auditLog.entries;
    expect(world.turns.of({ closureId, firstRunId }).map(({ kind }) => kind)).toEqual(['expired']);
    expect(world.auditLog.entries.filter(({ kind }) => kind === 'decision').map(({ step }) => step)).toEqual([
      'request',
      'expire',
    ]);
  });
});
