import { describe, expect, it } from '@jest/globals';
import type { ActivityImplementations } from '../../activities';
import type { ClosureStatus } from '../../workflows/contract/status';
import { FakeWorld } from '../support/fake-world';
import { FollowUpAway } from '../support/follow-up-away';
import { closuresOfThisFile } from '../support/time-skipping-closures';
import { denied } from '../support/world-faults';

const closures = closuresOfThisFile();

const MINUTE_MS = 60_000;

const withoutFence: Partial<ActivityImplementations> = {
  fenceTarget: () => Promise.resolve({ kind: 'needless' }),
};

describe('a right that is missing', () => {
  it('waits for nobody when it arrives within minutes', async () => {
    const world = new FakeWorld();
    const begun = await closures.environment.currentTimeMs();
    let refusals = 0;
    world.before('hasDirectoryRole', async () => {
      if ((await closures.environment.currentTimeMs()) > begun + 5 * MINUTE_MS) return;
      refusals += 1;
      throw denied('directory.list-roles');
    });

    const ended = await closures.withWorld(world, async () => {
      const closure = await closures.request();
      const seen = await closure.untilSeen(
        ({ phase, attention }) => phase === 'awaitingConfirmation' || attention.length > 0,
      );
      await closure.withdraw();
      return seen;
    });

    expect(ended).toMatchObject({ phase: 'awaitingConfirmation', attention: [] });
    expect(refusals).toBeGreaterThan(3);
  });

  it('is shown with its operation and code when it lasts', async () => {
    const world = new FakeWorld();
    world.before('hasDirectoryRole', () => {
      throw denied('directory.list-roles');
    });

    const parked = await closures.withWorld(world, async () => {
      const closure = await closures.request();
      const seen = await closure.untilAttention();
      await closure.withdraw();
      return seen;
    });

    expect(parked).toMatchObject({
      attention: [
        {
          target: 'eligibility',
          fault: 'AccessDenied',
          operation: 'directory.list-roles',
          code: 'Authorization_RequestDenied',
          status: 403,
        },
      ],
    });
    const [attention] = parked.attention;
    expect(Date.parse(attention?.since ?? '') - Date.parse(parked.receivedAt)).toBeGreaterThanOrEqual(10 * MINUTE_MS);
  });
});

describe('a follow-up that cannot be started', () => {
  it('waits for an operator after the outcome was shown, and is started when told to', async () => {
    const world = new FakeWorld();
    const followUp = new FollowUpAway();

    const { parked, ended } = await closures.withWorld(
      world,
      async () => {
        const closure = await closures.request();
        await closure.untilPhase('awaitingConfirmation');
        expect(await closure.withdraw()).toMatchObject({ outcome: 'withdrawn', attention: [] });
        const waiting = await closure.untilAttention();
        followUp.isAway = false;
        await closure.resolve('forgetting');
        return { parked: waiting, ended: await closure.handle.result() };
      },
      { instead: followUp },
    );

    expect(parked).toMatchObject({
      outcome: 'withdrawn',
      attention: [{ target: 'forgetting', fault: 'Unavailable', operation: 'temporal.start-forget-closure' }],
    });
    expect(ended).toMatchObject({ outcome: 'withdrawn', attention: [] });
    expect(world.containers.size).toBe(0);
  });
});

/** A confirmed closure in that world whose erasure waits for an operator, who lets it go on once that is repaired. */
function confirmedAndResolved(
  world: FakeWorld,
  instead: Partial<ActivityImplementations>,
  repair: () => void,
): Promise<{ readonly parked: ClosureStatus; readonly ended: ClosureStatus }> {
  return closures.withWorld(
    world,
    async () => {
      const closure = await closures.request();
      await closure.confirm();
      const parked = await closure.untilAttention();
      repair();
      await closure.resolve('directory');
      return { parked, ended: await closure.handle.result() };
    },
    { instead },
  );
}

describe('a target', () => {
  it('without a fence is erased all the same', async () => {
    const world = new FakeWorld();

    const ended = await closures.withWorld(
      world,
      async () => {
        const closure = await closures.request();
        await closure.confirm();
        return await closure.handle.result();
      },
      { instead: withoutFence },
    );

    expect(ended).toMatchObject({ outcome: 'closed', targets: [{ state: 'verified', erasedCount: 1 }] });
    expect(world.effects).toEqual(['requestExport', 'softDelete', 'purge']);
  });

  it('without a fence leaves the closure withdrawable while its erasure waits for an operator', async () => {
    const world = new FakeWorld();
    world.before('softDelete', () => {
      throw denied('directory.soft-delete');
    });

    const { parked, ended } = await closures.withWorld(
      world,
      async () => {
        const closure = await closures.request();
        await closure.confirm();
        return { parked: await closure.untilAttention(), ended: await closure.withdraw() };
      },
      { instead: withoutFence },
    );

    expect(parked.attention).toMatchObject([{ target: 'directory', fault: 'AccessDenied' }]);
    expect(ended).toMatchObject({ outcome: 'withdrawn', attention: [] });
    expect(world.account).toBe('live');
  });

  it('that cannot be erased waits for an operator, and is erased once it can', async () => {
    const world = new FakeWorld();
    let isSupported = false;
    const instead: Partial<ActivityImplementations> = {
      eraseTarget: () => {
        if (!isSupported) return Promise.resolve({ kind: 'unsupported' });
        world.account = 'gone';
        return Promise.resolve({ kind: 'erased', count: 1, retained: [] });
      },
    };

    const { parked, ended } = await confirmedAndResolved(world, instead, () => {
      isSupported = true;
    });

    expect(parked).toMatchObject({
      attention: [{ target: 'directory', fault: 'ErasureUnsupported' }],
      targets: [{ state: 'fenced' }],
    });
    expect(ended).toMatchObject({ outcome: 'closed', targets: [{ state: 'verified', erasedCount: 1, rounds: 1 }] });
  });

  it('that cannot be verified is never called gone before it can', async () => {
    const world = new FakeWorld();
    let isVerifiable = false;
    const instead: Partial<ActivityImplementations> = {
      verifyTarget: () =>
        Promise.resolve(isVerifiable ? { kind: 'absent', grade: 're-read' } : { kind: 'unverifiable' }),
    };

    const { parked, ended } = await confirmedAndResolved(world, instead, () => {
      isVerifiable = true;
    });

    expect(parked).toMatchObject({
      phase: 'verifying',
      attention: [{ target: 'directory', fault: 'Unverifiable' }],
      targets: [{ state: 'erased' }],
    });
    expect(ended).toMatchObject({ outcome: 'closed', targets: [{ state: 'verified' }] });
  });
});
