import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { UnavailableError, IndeterminateAnswerError } from '../../activities/ports/faults';
import { forgetWorkflowId } from '../../workflows/contract/account';
import {
  confirmSignal,
  confirmUpdate,
  resolveUpdate,
  withdrawSignal,
  withdrawUpdate,
} from '../../workflows/contract/messages';
import { FakeWorld } from '../support/fake-world';
import { startTimeSkippingClosures, type TimeSkippingClosures } from '../support/time-skipping-closures';

let closures: TimeSkippingClosures;

beforeAll(async () => {
  closures = await startTimeSkippingClosures();
}, 120_000);

afterAll(async () => {
  await closures.close();
});

const DAY_MS = 24 * 60 * 60_000;

describe('a closure from request to end', () => {
  it('is closed when the person confirms: exported, fenced, deleted, purged, and looked at twice', async () => {
    const world = new FakeWorld();

    const status = await closures.withWorld(world, async () => {
      const closure = await closures.request();
      const asked = await closure.untilPhase('awaitingConfirmation');
      await closure.handle.executeUpdate(confirmUpdate, { args: [closure.yesTo(asked)] });
      return await closure.handle.result();
    });

    expect(status).toMatchObject({ phase: 'closed', outcome: 'closed', attention: [] });
    expect(status.targets).toEqual([{ name: 'directory', state: 'verified', erasedCount: 1, rounds: 1 }]);
    expect(world.effects).toEqual(['requestExport', 'blockSignIn', 'revokeSessions', 'softDelete', 'purge']);
    expect(world.account).toBe('gone');
  });

  it('writes an intent before and a result after every effect', async () => {
    const world = new FakeWorld();

    await closures.withWorld(world, async () => {
      const closure = await closures.request();
      await closure.handle.signal(confirmSignal, closure.yesTo(await closure.untilPhase('awaitingConfirmation')));
      await closure.handle.result();
      await closures.environment.client.workflow.getHandle(forgetWorkflowId(closure.closureId)).result();
    });

    expect(world.auditLog.entries.map(({ target, step, kind }) => `${target}:${step} ${kind}`)).toEqual([
      'export:request intent',
      'export:request result',
      'directory:fence intent',
      'directory:fence result',
      'directory:erase intent',
      'directory:erase result',
      'export:delete intent',
      'export:delete result',
    ]);
  });

  it('expires after 14 days without a confirmation, and nothing was destroyed', async () => {
    const world = new FakeWorld();

    const status = await closures.withWorld(world, async () => (await closures.request()).handle.result());

    expect(status).toMatchObject({ phase: 'expired', outcome: 'expired' });
    expect(Date.parse(status.confirmBy ?? '') - Date.parse(status.receivedAt)).toBeGreaterThanOrEqual(14 * DAY_MS);
    expect(world.effects).toEqual(['requestExport']);
    expect(world.account).toBe('live');
  });

  it('is withdrawn while it waits for the confirmation', async () => {
    const world = new FakeWorld();

    const status = await closures.withWorld(world, async () => {
      const closure = await closures.request();
      await closure.untilPhase('awaitingConfirmation');
      return await closure.handle.executeUpdate(withdrawUpdate);
    });

    expect(status.outcome).toBe('withdrawn');
    expect(world.effects).toEqual(['requestExport']);
  });

  it('is withdrawn by a native cancellation before the point of no return', async () => {
    const world = new FakeWorld();

    const status = await closures.withWorld(world, async () => {
      const closure = await closures.request();
      await closure.untilPhase('awaitingConfirmation');
      await closure.handle.cancel();
      return await closure.handle.result();
    });

    expect(status.outcome).toBe('withdrawn');
  });

  it('is withdrawn while the export runs', async () => {
    const world = new FakeWorld();
    world.exportState = 'running';

    const status = await closures.withWorld(world, async () => {
      const closure = await closures.request();
      await closure.untilPhase('exporting');
      await closure.handle.signal(withdrawSignal);
      return await closure.handle.result();
    });

    expect(status.outcome).toBe('withdrawn');
  });

  it.each(['managed', 'federated', 'unknown'] as const)(
    'is rejected in a tenant that is %s, with advice',
    async (kind) => {
      const world = new FakeWorld();
      world.realmKind = kind;

      const status = await closures.withWorld(world, async () => (await closures.request()).handle.result());

      expect(status).toMatchObject({ outcome: 'rejected', reason: `${kind}-tenant` });
      expect(status.advice).toBeDefined();
      expect(world.effects).toEqual([]);
    },
  );

  it('names every blocker at once', async () => {
    const world = new FakeWorld();
    world.isGuest = true;
    world.ownerships = [{ kind: 'sole-owner-of-groups', count: 2 }];

    const status = await closures.withWorld(world, async () => (await closures.request()).handle.result());

    expect(status).toMatchObject({
      reason: 'blocked',
      blockers: [
        { kind: 'guest-account', count: 1 },
        { kind: 'sole-owner-of-groups', count: 2 },
      ],
    });
  });
});

describe('time', () => {
  it('waits 30 days for the export without growing the history', async () => {
    const world = new FakeWorld();
    world.exportState = 'running';

    const [before, after] = await closures.withWorld(world, async () => {
      const closure = await closures.request();
      await closure.untilPhase('exporting');
      const early = await closure.handle.describe();
      await closures.environment.sleep('30 days');
      const late = await closure.handle.describe();
      world.exportState = 'complete';
      await closure.untilPhase('awaitingConfirmation');
      await closure.handle.executeUpdate(withdrawUpdate);
      return [early.historyLength, late.historyLength];
    });

    expect(world.calls.filter((call) => call === 'exportProgress').length).toBeGreaterThan(500);
    expect((after ?? 0) - (before ?? 0)).toBeLessThanOrEqual(6);
  });

  it('needs an operator when the export is overdue after 35 days, and never deletes without it', async () => {
    const world = new FakeWorld();
    world.exportState = 'running';

    await closures.withWorld(world, async () => {
      const closure = await closures.request();
      const parked = await closure.untilAttention();

      expect(parked).toMatchObject({ phase: 'exporting', attention: [{ target: 'export', fault: 'ExportOverdue' }] });
      expect(Date.parse(parked.attention[0]?.since ?? '') - Date.parse(parked.receivedAt)).toBeGreaterThan(
        34.9 * DAY_MS,
      );

      world.exportState = 'complete';
      await closure.handle.executeUpdate(resolveUpdate, { args: [{ target: 'export', action: 'retry', by: 'op-1' }] });
      await closure.untilPhase('awaitingConfirmation');
      await closure.handle.executeUpdate(withdrawUpdate);
    });

    // The export that was asked for is found again, not asked for twice.
    expect(world.effects).toEqual(['requestExport']);
  });

  it('lets a cooling-off period pass, in which the person may still withdraw', async () => {
    const world = new FakeWorld();

    const status = await closures.withWorld(
      world,
      async () => {
        const closure = await closures.request();
        const asked = await closure.untilPhase('awaitingConfirmation');
        await closure.handle.executeUpdate(confirmUpdate, { args: [closure.yesTo(asked)] });
        await closure.untilPhase('coolingOff');
        return await closure.handle.executeUpdate(withdrawUpdate);
      },
      { coolingOffMs: 3 * DAY_MS },
    );

    expect(status.outcome).toBe('withdrawn');
    expect(world.account).toBe('live');
  });

  it('looks a second time only after the quiet period of 15 minutes', async () => {
    const world = new FakeWorld();
    const looks: number[] = [];
    world.before('findDeletedAccount', () => {
      if (world.account === 'gone') looks.push(Date.now());
    });

    const status = await closures.withWorld(world, async () => {
      const closure = await closures.request();
      await closure.handle.executeUpdate(confirmUpdate, {
        args: [closure.yesTo(await closure.untilPhase('awaitingConfirmation'))],
      });
      return await closure.handle.result();
    });

    expect(status.outcome).toBe('closed');
    expect(looks.length).toBeGreaterThanOrEqual(2);
  });
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
        await closure.handle.executeUpdate(confirmUpdate, {
          args: [closure.yesTo(await closure.untilPhase('awaitingConfirmation'))],
        });
        return await closure.handle.result();
      });

      expect(status).toMatchObject({ outcome: 'stopped', reason: 'managed-tenant', stop: { signIn } });
      expect(world.effects).toEqual(done);
    },
  );

  it('is stopped when the account is gone without our doing', async () => {
    const world = new FakeWorld();
    world.before('softDelete', () => {
      world.account = 'gone';
    });

    const status = await closures.withWorld(world, async () => {
      const closure = await closures.request();
      await closure.handle.executeUpdate(confirmUpdate, {
        args: [closure.yesTo(await closure.untilPhase('awaitingConfirmation'))],
      });
      return await closure.handle.result();
    });

    expect(status).toMatchObject({ outcome: 'stopped', reason: 'account-gone', stop: { signIn: 'unknown' } });
  });

  it('plans and asks again when the plan no longer matches', async () => {
    const world = new FakeWorld();

    const [first, second] = await closures.withWorld(world, async () => {
      const closure = await closures.request();
      const asked = await closure.untilPhase('awaitingConfirmation');
      world.memberships = 7;
      await closure.handle.executeUpdate(confirmUpdate, { args: [closure.yesTo(asked)] });
      const askedAgain = await closure.untilPhase('awaitingConfirmation');
      await closure.handle.executeUpdate(withdrawUpdate);
      return [asked, askedAgain];
    });

    expect(second?.planDigest).not.toBe(first?.planDigest);
    expect(second?.confirmation).toBeUndefined();
    expect(world.account).toBe('live');
  });

  it('counts a deletion whose answer was lost as its own', async () => {
    const world = new FakeWorld();
    world.after('purge', (times) => {
      if (times === 1) throw new UnavailableError('directory');
    });

    const status = await closures.withWorld(world, async () => {
      const closure = await closures.request();
      await closure.handle.executeUpdate(confirmUpdate, {
        args: [closure.yesTo(await closure.untilPhase('awaitingConfirmation'))],
      });
      return await closure.handle.result();
    });

    expect(status).toMatchObject({ outcome: 'closed', targets: [{ erasedCount: 1 }] });
  });

  it('ignores a native cancellation after the point of no return, and says so', async () => {
    const world = new FakeWorld();

    const status = await closures.withWorld(world, async () => {
      const closure = await closures.request();
      await closure.handle.executeUpdate(confirmUpdate, {
        args: [closure.yesTo(await closure.untilPhase('awaitingConfirmation'))],
      });
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
      await closure.handle.executeUpdate(confirmUpdate, {
        args: [closure.yesTo(await closure.untilPhase('awaitingConfirmation'))],
      });
      const parked = await closure.untilAttention();
      expect(parked).toMatchObject({
        phase: 'erasing',
        attention: [{ target: 'directory', fault: 'PurgeRefused', attempts: 1 }],
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
      await closure.handle.executeUpdate(confirmUpdate, {
        args: [closure.yesTo(await closure.untilPhase('awaitingConfirmation'))],
      });
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
      await closure.handle.executeUpdate(confirmUpdate, {
        args: [closure.yesTo(await closure.untilPhase('awaitingConfirmation'))],
      });
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
      await closure.handle.executeUpdate(confirmUpdate, {
        args: [closure.yesTo(await closure.untilPhase('awaitingConfirmation'))],
      });
      await closure.untilPhase('erasing');
      return await closure.handle.executeUpdate(withdrawUpdate);
    });

    expect(status.outcome).toBe('withdrawn');
    expect(world.account).toBe('live');
  });
});
