import { describe, expect, it } from '@jest/globals';
import {
  AccessDeniedError,
  IndeterminateAnswerError,
  ThrottledError,
  UnavailableError,
} from '../../activities/ports/faults';
import type { Ending } from '../../workflows/contract/decisions';
import { FakeWorld } from '../support/fake-world';
import { closureRef, decisionFor, directoryInput, HISTORY, turnsTaken } from '../support/inputs';
import { attempt } from '../support/run-activity';

const AT = { farEnd: 'directory', operation: 'directory.block-sign-in' } as const;
const refusal = new AccessDeniedError(AT);
const { signal } = new AbortController();

const fence = (world: FakeWorld, turn = 0): Promise<unknown> =>
  attempt(world.dependencies, ['fenceTarget', { ...directoryInput(world), turn }]);
const end = (world: FakeWorld, ending: Ending): Promise<unknown> =>
  attempt(world.dependencies, ['recordEnding', { ...closureRef(world), decision: decisionFor(ending) }]);
const kinds = (world: FakeWorld): readonly string[] => turnsTaken(world).map(({ kind }) => kind);

function throwing(fault: unknown, times = Number.POSITIVE_INFINITY): (time: number) => void {
  return (time) => {
    if (time <= times) throw fault;
  };
}

describe('the point of no return', () => {
  it('is passed immediately before the first changing call, behind all looks', async () => {
    const world = new FakeWorld();

    await fence(world);

    const upToChange = world.calls.slice(0, world.calls.indexOf('blockSignIn') + 1);
    expect(upToChange.slice(-3)).toEqual(['pass', 'append', 'blockSignIn']);
    expect(turnsTaken(world)).toMatchObject([{ kind: 'erase', planDigest: directoryInput(world).planDigest }]);
  });

  it('is not passed by a fence that cannot even look', async () => {
    const world = new FakeWorld();
    world.before('findAccount', throwing(new UnavailableError({ farEnd: 'directory' })));

    await expect(fence(world)).rejects.toThrow();

    expect(kinds(world)).toEqual([]);
    await expect(end(world, 'withdrawn')).resolves.toEqual({ kind: 'recorded' });
  });

  it.each(['withdrawn', 'expired', 'rejected'] as const)(
    'cannot be passed after the closure was %s: nothing is changed, and nothing stands in the log as done',
    async (ending) => {
      const world = new FakeWorld();
      await end(world, ending);

      await expect(fence(world)).resolves.toEqual({ kind: 'ended-before', ending });
      await expect(attempt(world.dependencies, ['eraseTarget', directoryInput(world)])).resolves.toEqual({
        kind: 'ended-before',
        ending,
      });

      expect(world.effects).toEqual([]);
      expect(world.auditLog.entries.map(({ kind }) => kind)).toEqual(['decision', 'intent', 'intent']);
    },
  );

  it('can be passed by a plan that was shown after the ending: the closure was begun anew', async () => {
    const world = new FakeWorld();
    await end(world, 'withdrawn');
    await expect(fence(world, 0)).resolves.toMatchObject({ kind: 'ended-before' });

    await expect(fence(world, 1)).resolves.toEqual({ kind: 'fenced' });
  });

  it('cannot be passed by an old attempt because a newer one has passed it', async () => {
    const world = new FakeWorld();
    await end(world, 'withdrawn');
    await fence(world, 1);

    await expect(
      attempt(world.dependencies, ['eraseTarget', { ...directoryInput(world), turn: 0 }]),
    ).resolves.toMatchObject({ kind: 'ended-before' });
    expect(world.account).toBe('live');
  });

  it('is what forbids an ending', async () => {
    const world = new FakeWorld();
    await fence(world);

    await expect(end(world, 'withdrawn')).resolves.toEqual({ kind: 'erasure-has-begun' });
  });
});

describe('a first changing call that was refused', () => {
  it.each<[string, unknown]>([
    ['for want of a right', refusal],
    ['for a while', new ThrottledError({ ...AT, status: 429 }, 1_000)],
    [
      'for want of a token',
      new ThrottledError({ farEnd: 'directory', operation: 'directory.get-token', status: 503 }, 1_000),
    ],
  ])('%s opens the way back: nothing was changed', async (_why, fault) => {
    const world = new FakeWorld();
    world.before('blockSignIn', throwing(fault));

    await expect(fence(world)).rejects.toThrow();
    await expect(fence(world)).rejects.toThrow();

    expect(kinds(world)).toEqual(['erase', 'reopened', 'erase', 'reopened']);
    await expect(end(world, 'withdrawn')).resolves.toEqual({ kind: 'recorded' });
    await expect(fence(world)).resolves.toMatchObject({ kind: 'ended-before' });
  });

  it('goes on when it is tried again and accepted', async () => {
    const world = new FakeWorld();
    world.before('blockSignIn', throwing(refusal, 1));
    await expect(fence(world)).rejects.toThrow();

    await expect(fence(world)).resolves.toEqual({ kind: 'fenced' });
    expect(kinds(world)).toEqual(['erase', 'reopened', 'erase']);
  });

  it.each<[string, unknown]>([
    ['was not answered', new UnavailableError(AT)],
    ['was put off by a 503', new ThrottledError({ ...AT, status: 503 }, 1_000)],
    ['was answered with nonsense', new IndeterminateAnswerError(AT, 'it is no JSON')],
    ['broke off', new Error('killed')],
  ])('does not open it when it %s: it may have been obeyed', async (_how, fault) => {
    const world = new FakeWorld();
    world.before('blockSignIn', throwing(fault));

    await expect(fence(world)).rejects.toThrow();

    expect(kinds(world)).toEqual(['erase']);
    await expect(end(world, 'withdrawn')).resolves.toEqual({ kind: 'erasure-has-begun' });
  });

  it('does not open it when an earlier attempt may have been obeyed', async () => {
    const world = new FakeWorld();
    world.before('blockSignIn', throwing(new UnavailableError(AT), 1));
    await expect(fence(world)).rejects.toThrow();
    world.before('blockSignIn', throwing(refusal));

    for (let time = 0; time < 3; time += 1) await expect(fence(world)).rejects.toMatchObject({ type: 'AccessDenied' });

    expect(kinds(world)).not.toContain('reopened');
  });

  it('does not open it when another call before it was obeyed', async () => {
    const world = new FakeWorld();
    world.before('revokeSessions', throwing(refusal));

    await expect(fence(world)).rejects.toMatchObject({ type: 'AccessDenied' });
    await expect(fence(world)).rejects.toMatchObject({ type: 'AccessDenied' });

    expect(kinds(world)).not.toContain('reopened');
  });

  it('leaves it passed when the database cannot be reached, and still says what was refused', async () => {
    const world = new FakeWorld();
    world.before('blockSignIn', throwing(refusal));
    world.before('reopen', throwing(new UnavailableError({ farEnd: 'audit-log' })));

    await expect(fence(world)).rejects.toMatchObject({ type: 'AccessDenied' });
    expect(kinds(world)).toEqual(['erase']);
  });
});

describe('a withdrawal that cancels the fence', () => {
  it.each(['pass', 'append'] as const)(
    'finds the way back open when it comes before the call (during %s)',
    async (call) => {
      const world = new FakeWorld();
      let cancel = (): void => undefined;
      world.after(call, () => {
        if (world.calls.includes('pass')) cancel();
      });

      const outcome = attempt(world.dependencies, ['fenceTarget', directoryInput(world)], {
        onStarted: (canceller) => {
          cancel = canceller;
        },
      });

      await expect(outcome).rejects.toMatchObject({ name: 'CancelledFailure' });
      expect(world.effects).toEqual([]);
      await expect(end(world, 'withdrawn')).resolves.toEqual({ kind: 'recorded' });
    },
  );

  it('comes too late during the call', async () => {
    const world = new FakeWorld();
    let cancel = (): void => undefined;
    world.before('blockSignIn', () => {
      cancel();
      throw new UnavailableError(AT);
    });

    const outcome = attempt(world.dependencies, ['fenceTarget', directoryInput(world)], {
      onStarted: (canceller) => {
        cancel = canceller;
      },
    });

    await expect(outcome).rejects.toMatchObject({ name: 'CancelledFailure' });
    await expect(end(world, 'withdrawn')).resolves.toEqual({ kind: 'erasure-has-begun' });
  });
});

describe('an ending', () => {
  it('is written once it is asked for, and found when it is asked for again', async () => {
    const world = new FakeWorld();

    await expect(end(world, 'expired')).resolves.toEqual({ kind: 'recorded' });
    await expect(end(world, 'expired')).resolves.toEqual({ kind: 'recorded' });

    await expect(world.turns.last(HISTORY, signal)).resolves.toMatchObject({ kind: 'expired' });
  });
});
