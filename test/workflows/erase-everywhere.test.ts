import { describe, expect, it } from '@jest/globals';
import { UnavailableError } from '../../activities/ports/faults';
import { confirmUpdate, resolveUpdate } from '../../workflows/contract/messages';
import { FakeWorld } from '../support/fake-world';
import { closuresOfThisFile } from '../support/time-skipping-closures';

const closures = closuresOfThisFile();

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
    ['revokeSessions', ['requestExport', 'blockSignIn'], 'blocked'],
    ['softDelete', ['requestExport', 'blockSignIn', 'revokeSessions'], 'blocked'],
    ['purge', ['requestExport', 'blockSignIn', 'revokeSessions', 'softDelete'], 'blocked'],
  ] as const)(
    'is stopped, and writes nothing more, when the tenant becomes managed just before %s',
    async (call, done, signIn) => {
      const world = new FakeWorld();
      const rechecksBefore = { revokeSessions: 4, softDelete: 5, purge: 6 }[call];
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

  it.each([
    ['the tenant became managed', (world: FakeWorld): unknown => (world.realmKind = 'managed'), 'managed-tenant'],
    [
      'the account is gone without our doing',
      (world: FakeWorld): unknown => (world.account = 'gone'),
      'no-such-account',
    ],
  ] as const)('is rejected when %s just before the first changing call', async (_what, befall, reason) => {
    const world = new FakeWorld();
    // Decisions, intents and marks: the fence's intent is the first entry behind the confirmation.
    world.before('append', () => {
      if (world.auditLog.entries.some(({ step }) => step === 'confirm')) befall(world);
    });

    const status = await closures.withWorld(world, async () => {
      const closure = await closures.request();
      await closure.confirm();
      return await closure.handle.result();
    });

    expect(status).toMatchObject({ outcome: 'rejected', reason });
    expect(world.effects).toEqual(['requestExport']);
  });

  it('is stopped when the account is gone without our doing after the fence', async () => {
    const world = new FakeWorld();
    world.after('revokeSessions', () => {
      world.account = 'gone';
    });

    const status = await closures.withWorld(world, async () => {
      const closure = await closures.request();
      await closure.confirm();
      return await closure.handle.result();
    });

    expect(status).toMatchObject({
      outcome: 'stopped',
      reason: 'account-gone',
      stop: { done: ['directory:fence'], signIn: 'unknown' },
    });
  });

  it('does not ask again when nothing but counts has changed since the yes', async () => {
    const world = new FakeWorld();

    const status = await closures.withWorld(world, async () => {
      const closure = await closures.request();
      const asked = await closure.untilPhase('awaitingConfirmation');
      world.memberships = 7;
      await closure.handle.executeUpdate(confirmUpdate, { args: [closure.yesTo(asked)] });
      return await closure.handle.result();
    });

    expect(status.outcome).toBe('closed');
  });

  it('exports anew and asks again when what was saved is no longer there', async () => {
    const world = new FakeWorld();

    const { first, second, ended } = await closures.withWorld(world, async () => {
      const closure = await closures.request();
      const asked = await closure.untilPhase('awaitingConfirmation');
      world.containers.clear();
      await closure.handle.executeUpdate(confirmUpdate, { args: [closure.yesTo(asked)] });
      const askedAgain = await closure.untilPhase('awaitingConfirmation');
      await closure.handle.executeUpdate(confirmUpdate, { args: [closure.yesTo(askedAgain)] });
      return { first: asked, second: askedAgain, ended: await closure.handle.result() };
    });

    expect(second.planDigest).not.toBe(first.planDigest);
    expect(second.confirmation).toBeUndefined();
    expect(ended.outcome).toBe('closed');
    expect(world.effects.filter((call) => call === 'requestExport')).toHaveLength(2);
  });

  it('counts a deletion whose answer was lost as its own', async () => {
    const world = new FakeWorld();
    world.after('purge', (times) => {
      if (times === 1) throw new UnavailableError({ farEnd: 'directory' });
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
        attention: [{ target: 'directory', fault: 'PurgeRefused' }],
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

  it.each([
    ['the yes cannot be written', 'eligibility', () => true],
    [
      'its intent cannot be written',
      'directory',
      ({ auditLog }: FakeWorld) => auditLog.entries.some(({ step }) => step === 'confirm'),
    ],
  ] as const)('waits, and destroys nothing, while the audit log is away: %s', async (_what, target, isReached) => {
    const world = new FakeWorld();

    const status = await closures.withWorld(world, async () => {
      const closure = await closures.request();
      await closure.untilPhase('awaitingConfirmation');
      world.before('append', () => {
        if (isReached(world)) throw new UnavailableError({ farEnd: 'audit-log', operation: 'audit-log.append' });
      });
      await closure.confirm();
      const parked = await closure.untilAttention();
      expect(parked.attention).toMatchObject([{ target, fault: 'AuditLogUnavailable' }]);
      expect(world.effects).toEqual(['requestExport']);
      world.before('append', () => undefined);
      await closure.resolve(target);
      return await closure.handle.result();
    });

    expect(status.outcome).toBe('closed');
  });
});
