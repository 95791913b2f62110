import { describe, expect, it } from '@jest/globals';
import { forgetWorkflowId } from '../../workflows/contract/ids';
import { confirmSignal, resolveUpdate, withdrawSignal, withdrawUpdate } from '../../workflows/contract/messages';
import { FakeWorld } from '../support/fake-world';
import { closuresOfThisFile } from '../support/time-skipping-closures';

const closures = closuresOfThisFile();

const DAY_MS = 24 * 60 * 60_000;

describe('a closure from request to end', () => {
  it('is closed when the person confirms: exported, fenced, deleted, purged, and looked at twice', async () => {
    const world = new FakeWorld();

    const status = await closures.withWorld(world, async () => {
      const closure = await closures.request();
      await closure.confirm();
      return await closure.handle.result();
    });

    expect(status).toMatchObject({ phase: 'closed', outcome: 'closed', attention: [] });
    expect(status.targets).toEqual([
      { name: 'directory', kind: 'directory', state: 'verified', erasedCount: 1, rounds: 1, grade: 're-read' },
    ]);
    expect(world.effects).toEqual(['requestExport', 'blockSignIn', 'revokeSessions', 'softDelete', 'purge']);
    expect(world.account).toBe('gone');
  });

  it('leaves every decision, and an intent before and a result after every effect, in the audit log', async () => {
    const world = new FakeWorld();

    await closures.withWorld(world, async () => {
      const closure = await closures.request();
      await closure.handle.signal(confirmSignal, closure.yesTo(await closure.untilPhase('awaitingConfirmation')));
      await closure.handle.result();
      await closures.environment.client.workflow.getHandle(forgetWorkflowId(closure.closureId)).result();
    });

    const written = world.auditLog.entries.map(({ target, step, kind, occasion = '' }) =>
      kind === 'decision' ? `${target}:${step} ${kind}` : `${target}:${step} ${kind} ${occasion}`.trim(),
    );
    expect(written).toEqual([
      'closure:request decision',
      'export:request intent',
      expect.stringMatching(/^export:request mark/),
      'export:request result',
      'closure:plan result',
      'closure:confirm decision',
      'directory:fence intent',
      expect.stringMatching(/^directory:fence mark block-sign-in:/),
      'directory:fence answer block-sign-in',
      expect.stringMatching(/^directory:fence mark revoke-sessions:/),
      'directory:fence answer revoke-sessions',
      'directory:fence result',
      'directory:erase intent',
      expect.stringMatching(/^directory:erase mark soft-delete:/),
      'directory:erase answer soft-delete',
      expect.stringMatching(/^directory:erase mark purge:/),
      'directory:erase answer purge',
      'directory:erase result',
      'directory:verify result',
      'export:delete intent',
      expect.stringMatching(/^export:delete mark export-/),
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

  it('is withdrawn when the withdrawal came before a worker had looked at the request', async () => {
    const world = new FakeWorld();

    const status = await closures.withWorld(world, async () =>
      (await closures.request({ isWithdrawnAtOnce: true })).handle.result(),
    );

    expect(status.outcome).toBe('withdrawn');
    expect(world.effects).toEqual([]);
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

    const { before, after } = await closures.withWorld(world, async () => {
      const closure = await closures.request();
      await closure.untilPhase('exporting');
      const early = await closure.handle.describe();
      await closures.environment.sleep('30 days');
      const late = await closure.handle.describe();
      world.exportState = 'complete';
      await closure.untilPhase('awaitingConfirmation');
      await closure.handle.executeUpdate(withdrawUpdate);
      return { before: early.historyLength, after: late.historyLength };
    });

    expect(world.calls.filter((call) => call === 'exportProgress').length).toBeGreaterThan(500);
    expect(after - before).toBeLessThanOrEqual(6);
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
        await closure.confirm();
        await closure.untilPhase('coolingOff');
        return await closure.handle.executeUpdate(withdrawUpdate);
      },
      { policy: { coolingOffMs: 3 * DAY_MS } },
    );

    expect(status.outcome).toBe('withdrawn');
    expect(world.account).toBe('live');
  });

  it('looks a second time only after the quiet period of 15 minutes', async () => {
    const world = new FakeWorld();
    const looks: number[] = [];
    world.before('findDeletedAccount', async () => {
      if (world.account === 'gone') looks.push(await closures.environment.currentTimeMs());
    });

    const status = await closures.withWorld(world, async () => {
      const closure = await closures.request();
      await closure.confirm();
      return await closure.handle.result();
    });

    expect(status.outcome).toBe('closed');
    // This server dates a retry by when it was asked for, so one look more may be needed; never one sooner.
    expect(looks.length).toBeGreaterThanOrEqual(2);
    expect((looks[1] ?? 0) - (looks[0] ?? 0)).toBeGreaterThanOrEqual(15 * 60_000);
  });
});
