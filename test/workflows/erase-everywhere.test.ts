import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { UnavailableError, IndeterminateAnswerError } from '../../activities/ports/faults';
import { confirmUpdate, resolveUpdate, withdrawUpdate } from '../../workflows/contract/messages';
import { FakeWorld } from '../support/fake-world';
import { startTimeSkippingClosures, type TimeSkippingClosures } from '../support/time-skipping-closures';

let closures: TimeSkippingClosures;

beforeAll(async () => {
  closures = await startTimeSkippingClosures();
}, 120_000);

afterAll(async () => {
  await closures.close();
});

describe('after the confirmation', () => {
  it('is rejected when the tenant got an administrator before the first destructive call', async () => {
    const world = new FakeWorld();

    const status = await closures.withWorld(world, async () => {
      const closure = await closures.request();
      const asked = await closure.untilPhase('awaitingConfirmation');
      world.realmKind = 'managed';
      await closure.handle.executeUpdate(confirmUpdate, { args: [closure.yesTo(asked)] });
      return await closure.handle.result();
    });

    expect(status).toMatchObject({ outcome: 'rejected', reason: 'managed-tenant' });
    expect(world.effects).toEqual(['requestExport']);
  });

  it.each([
    ['blockSignIn', ['requestExport'], 'not-blocked'],
    ['revokeSessions', ['requestExport', 'blockSignIn'], 'blocked'],
    ['softDelete', ['requestExport', 'blockSignIn', 'revokeSessions'], 'blocked'],
    ['purge', ['requestExport', 'blockSignIn', 'revokeSessions', 'softDelete'], 'blocked'],
  ] as const)(
    'is stopped, and writes nothing more, when the tenant becomes managed just before %s',
    async (call, done, signIn) => {
      const world = new FakeWorld();
      const rechecksBefore = { blockSignIn: 3, revokeSessions: 4, softDelete: 5, purge: 6 }[call];
      world.before('kindOf', (times) => {
        if (times === rechecksBefore) world.realmKind = 'managed';
      });

      const status = await closures.withWorld(world, async () => {
        const closure = await closures.request();
        await closure.confirm();
        return await closure.handle.result();
      });

      expect(status).toMatchObject({ outcome: 'stopped', reason: 'managed-tenant', stop: { signIn } });
      expect(world.effects).toEqual(done);
    },
  );

  it('is stopped when the account is gone without our doing', async () => {
    const world = new FakeWorld();
    world.before('append', () => {
      if (!world.calls.includes('countHoldings')) return;
      world.account = 'gone';
    });

    const status = await closures.withWorld(world, async () => {
      const closure = await closures.request();
      await closure.confirm();
      return await closure.handle.result();
    });

    expect(status).toMatchObject({ outcome: 'stopped', reason: 'account-gone', stop: { signIn: 'unknown' } });
  });

  it('plans and asks again when the plan no longer matches', async () => {
    const world = new FakeWorld();

    const { first, second } = await closures.withWorld(world, async () => {
      const closure = await closures.request();
      const asked = await closure.untilPhase('awaitingConfirmation');
      world.memberships = 7;
      await closure.handle.executeUpdate(confirmUpdate, { args: [closure.yesTo(asked)] });
      const askedAgain = await closure.untilPhase('awaitingConfirmation');
      await closure.handle.executeUpdate(withdrawUpdate);
      return { first: asked, second: askedAgain };
    });

    expect(second.planDigest).not.toBe(first.planDigest);
    expect(second.confirmation).toBeUndefined();
    expect(world.account).toBe('live');
  });

  it('counts a deletion whose answer was lost as its own', async () => {
    const world = new FakeWorld();
    world.after('purge', (times) => {
      if (times === 1) throw new UnavailableError('directory');
    });

    const status = await closures.withWorld(world, async () => {
      const closure = await closures.request();
      await closure.confirm();
      return await closure.handle.result();
    });

    expect(status).toMatchObject({ outcome: 'closed', targets: [{ erasedCount: 1 }] });
  });

  it('ignores a native cancellation after the point of no return, and says so', async () => {
    const world = new FakeWorld();

    const status = await closures.withWorld(world, async () => {
      const closure = await closures.request();
      await closure.confirm();
      await closure.untilPhase('verifying');
      await closure.handle.cancel();
      return await closure.handle.result();
    });

    expect(status).toMatchObject({ outcome: 'closed', cancellationIgnored: true });
  });

  it('waits for an operator when the purge is refused, and goes on when told to', async () => {
    const world = new FakeWorld();
    world.purge = 'refused';

    const status = await closures.withWorld(world, async () => {
      const closure = await closures.request();
      await closure.confirm();
      const parked = await closure.untilAttention();
      expect(parked).toMatchObject({
        phase: 'erasing',
        attention: [{ target: 'directory', fault: 'PurgeRefused', attempts: 3 }],
      });
      world.purge = 'allowed';
      await closure.handle.executeUpdate(resolveUpdate, {
        args: [{ target: 'directory', action: 'retry', by: 'op-1' }],
      });
      return await closure.handle.result();
    });

    expect(status.outcome).toBe('closed');
  });

  it('erases again, at most three times by itself, while something is still found', async () => {
    const world = new FakeWorld();
    world.before('softDelete', (times) => {
      if (times > 3) world.before('findDeletedAccount', () => undefined);
    });
    world.after('purge', () => {
      if (world.calls.filter((call) => call === 'purge').length < 3) world.account = 'deleted';
    });

    const status = await closures.withWorld(world, async () => {
      const closure = await closures.request();
      await closure.confirm();
      return await closure.handle.result();
    });

    expect(status).toMatchObject({ outcome: 'closed', targets: [{ rounds: 3 }] });
  });

  it('waits while the audit log is away: no destructive call without its intent', async () => {
    const world = new FakeWorld();
    let isAway = true;
    world.before('append', () => {
      if (isAway && world.calls.includes('countHoldings')) throw new UnavailableError('audit-log');
    });

    const status = await closures.withWorld(world, async () => {
      const closure = await closures.request();
      await closure.confirm();
      const parked = await closure.untilAttention();
      expect(parked.attention).toMatchObject([{ target: 'directory', fault: 'AuditLogUnavailable' }]);
      expect(world.effects).toEqual(['requestExport']);
      isAway = false;
      await closure.handle.executeUpdate(resolveUpdate, {
        args: [{ target: 'directory', action: 'retry', by: 'op-1' }],
      });
      return await closure.handle.result();
    });

    expect(status.outcome).toBe('closed');
  });
});

describe('answers that cannot be told', () => {
  it('are retried, never guessed, and need an operator when they do not end', async () => {
    const world = new FakeWorld();
    world.before('kindOf', () => {
      throw new IndeterminateAnswerError('tenant-realm', 'NameSpaceType is missing');
    });

    await closures.withWorld(world, async () => {
      const closure = await closures.request();
      const parked = await closure.untilAttention();
      expect(parked).toMatchObject({
        phase: 'checking',
        attention: [{ target: 'eligibility', fault: 'Indeterminate' }],
      });
      await closure.handle.executeUpdate(withdrawUpdate);
    });

    expect(world.calls.filter((call) => call === 'kindOf').length).toBeGreaterThan(10);
  });

  it('after the confirmation leave the closure withdrawable, because nothing is destroyed yet', async () => {
    const world = new FakeWorld();
    world.before('kindOf', (times) => {
      if (times > 1) throw new IndeterminateAnswerError('tenant-realm', 'NameSpaceType is missing');
    });

    const status = await closures.withWorld(world, async () => {
      const closure = await closures.request();
      await closure.confirm();
      await closure.untilPhase('erasing');
      return await closure.handle.executeUpdate(withdrawUpdate);
    });

    expect(status.outcome).toBe('withdrawn');
    expect(world.account).toBe('live');
  });
});
