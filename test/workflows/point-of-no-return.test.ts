import { describe, expect, it } from '@jest/globals';
import { ThrottledError, UnavailableError } from '../../activities/ports/faults';
import { FakeWorld } from '../support/fake-world';
import { closuresOfThisFile } from '../support/time-skipping-closures';
import { denied, takeDatabaseAway } from '../support/world-faults';

const closures = closuresOfThisFile();

describe('a fence that has changed nothing', () => {
  it('parks when it is refused, and the closure can still be withdrawn', async () => {
    const world = new FakeWorld();
    world.before('blockSignIn', () => {
      throw denied('directory.block-sign-in');
    });

    const { parked, ended } = await closures.withWorld(world, async () => {
      const closure = await closures.request();
      await closure.confirm();
      return { parked: await closure.untilAttention(), ended: await closure.withdraw() };
    });

    expect(parked.attention).toMatchObject([{ target: 'directory', fault: 'AccessDenied' }]);
    expect(parked.pointOfNoReturnAt).toBeUndefined();
    expect(ended).toMatchObject({ outcome: 'withdrawn', attention: [] });
    expect(ended.pointOfNoReturnAt).toBeUndefined();
    expect(world).toMatchObject({ account: 'live', isSignInBlocked: false });
  });

  it('leaves the closure withdrawable while it is throttled', async () => {
    const world = new FakeWorld();
    world.before('blockSignIn', () => {
      throw new ThrottledError({ farEnd: 'directory' }, 10 * 60_000);
    });

    const ended = await closures.withWorld(world, async () => {
      const closure = await closures.request();
      await closure.confirm();
      await closure.untilPhase('erasing');
      await closures.environment.sleep('1 hour');
      return await closure.withdraw();
    });

    expect(ended.outcome).toBe('withdrawn');
    expect(world.calls.filter((call) => call === 'blockSignIn').length).toBeGreaterThan(2);
    expect(world).toMatchObject({ account: 'live', isSignInBlocked: false });
  });

  it('goes on when the operator has repaired what refused it', async () => {
    const world = new FakeWorld();
    world.before('blockSignIn', () => {
      throw denied('directory.block-sign-in');
    });

    const ended = await closures.withWorld(world, async () => {
      const closure = await closures.request();
      await closure.confirm();
      await closure.untilAttention();
      world.before('blockSignIn', () => undefined);
      await closure.resolve('directory');
      return await closure.handle.result();
    });

    expect(ended).toMatchObject({ outcome: 'closed', targets: [{ erasedCount: 1, rounds: 1 }] });
  });
});

describe('a withdrawal', () => {
  it('is refused once the first changing call was sent, although its answer is lost, and the closure goes on', async () => {
    const world = new FakeWorld();
    world.after('blockSignIn', () => {
      throw new UnavailableError({ farEnd: 'directory' });
    });

    const ended = await closures.withWorld(world, async () => {
      const closure = await closures.request();
      await closure.confirm();
      await closure.untilSeen(() => world.calls.includes('blockSignIn'));
      await expect(closure.withdraw()).rejects.toMatchObject({ cause: { type: 'past-point-of-no-return' } });
      world.after('blockSignIn', () => undefined);
      return await closure.handle.result();
    });

    expect(ended).toMatchObject({ outcome: 'closed', targets: [{ erasedCount: 1 }] });
    expect(ended.pointOfNoReturnAt).toBeDefined();
  });

  it('waits while the database is away, and goes through by itself when it is back soon', async () => {
    const world = new FakeWorld();

    const ended = await closures.withWorld(world, async () => {
      const closure = await closures.request();
      await closure.untilPhase('awaitingConfirmation');
      const bringBack = takeDatabaseAway(world);
      const withdrawal = closure.withdraw();
      await closure.untilSeen(() => world.calls.filter((call) => call === 'end').length > 2);
      expect(await closure.status()).toMatchObject({ phase: 'awaitingConfirmation', attention: [] });
      bringBack();
      await closures.environment.sleep('5 minutes');
      return await withdrawal;
    });

    expect(ended.outcome).toBe('withdrawn');
  });

  it('shows that it waits when the database stays away, and goes through when an operator says that it is back', async () => {
    const world = new FakeWorld();

    const { parked, ended } = await closures.withWorld(world, async () => {
      const closure = await closures.request();
      await closure.untilPhase('awaitingConfirmation');
      const bringBack = takeDatabaseAway(world);
      const withdrawal = closure.withdraw();
      const waiting = await closure.untilAttention();
      bringBack();
      await closure.resolve('ending');
      return { parked: waiting, ended: await withdrawal };
    });

    expect(parked.outcome).toBeUndefined();
    expect(parked.attention).toMatchObject([{ target: 'ending', fault: 'AuditLogUnavailable' }]);
    expect(ended).toMatchObject({ outcome: 'withdrawn', attention: [] });
  });
});
