import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { UnavailableError } from '../../activities/ports/faults';
import { signReport } from '../../workflows/contract/confirmation';
import { reportUpdate } from '../../workflows/contract/messages';
import type { ClosureStatus } from '../../workflows/contract/status';
import { FakeWorld } from '../support/fake-world';
import { closuresOfThisFile } from '../support/time-skipping-closures';

const closures = closuresOfThisFile();

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

describe('the saved data', () => {
  it('is taken in anew, and the person is asked anew, when it was changed before the fence', async () => {
    const world = new FakeWorld();

    const { first, second, ended } = await closures.withWorld(world, async () => {
      const closure = await closures.request();
      const asked = await closure.untilPhase('awaitingConfirmation');
      world.files.set('activity.json', '[{"Action":"CloseFile"}]');
      await closure.confirm();
      const askedAgain = await closure.untilPhase('awaitingConfirmation');
      await closure.confirm();
      return { first: asked, second: askedAgain, ended: await closure.handle.result() };
    });

    expect(second.planDigest).not.toBe(first.planDigest);
    expect(second.export).not.toEqual(first.export);
    expect(ended).toMatchObject({ outcome: 'closed', planDigest: second.planDigest });
  });

  it('stays for its retention when the closure is stopped', async () => {
    const world = new FakeWorld();
    world.after('revokeSessions', () => {
      world.account = 'gone';
    });

    const { ended, keptForMs } = await closed(world);

    expect(ended).toMatchObject({ outcome: 'stopped', export: { kind: 'saved' } });
    expect(keptForMs).toBeGreaterThanOrEqual(30 * DAY_MS);
  });

  it('is called deleted, and not waited for, when none is left past the point of no return', async () => {
    const world = new FakeWorld();

    const asked = await closures.withWorld(
      world,
      async () => {
        const closure = await closures.request();
        const shown = await closure.untilPhase('awaitingConfirmation');
        await closure.confirm();
        await closure.handle.result();
        return shown;
      },
      { instead: { requestExport: () => Promise.resolve({ kind: 'none-left' }) } },
    );

    expect(asked.export).toEqual({ kind: 'deleted' });
    expect(world.calls).not.toContain('exportProgress');
  });

  it('goes at once when the closure expires, and the status says so', async () => {
    const world = new FakeWorld();

    const { ended, keptForMs } = await closures.withWorld(world, async () => {
      const closure = await closures.request();
      const result = await closure.handle.result();
      return { ended: result, keptForMs: keptFor(result, Date.parse(result.confirmBy ?? '')) };
    });

    expect(ended.outcome).toBe('expired');
    expect(keptForMs).toBeLessThan(MINUTE_MS);
    expect(world.containers.size).toBe(0);
  });

  it('is taken in however long that takes when it was complete just before the deadline', async () => {
    const world = new FakeWorld();
    const deadlineMs = 2 * DAY_MS;
    world.exportState = 'running';

    const asked = await closures.withWorld(
      world,
      async () => {
        const closure = await closures.request();
        const { receivedAt } = await closure.untilPhase('exporting');
        const sinceReceipt = async (): Promise<number> =>
          (await closures.environment.currentTimeMs()) - Date.parse(receivedAt);
        world.before('exportProgress', async () => {
          if ((await sinceReceipt()) > deadlineMs - MINUTE_MS) world.exportState = 'complete';
        });
        world.before('readFile', async () => {
          if ((await sinceReceipt()) < deadlineMs + 3 * 60 * MINUTE_MS)
            throw new UnavailableError({ farEnd: 'export-storage' });
        });
        const seen = await closure.untilSeen(
          ({ phase, attention }) => phase === 'awaitingConfirmation' || attention.length > 0,
        );
        await closure.withdraw();
        return seen;
      },
      { policy: { exportDeadlineMs: deadlineMs } },
    );

    expect(asked).toMatchObject({ phase: 'awaitingConfirmation', attention: [], export: { kind: 'saved' } });
  });
});

describe('a person who goes on without the export', () => {
  it.each([
    ['while it runs', 'running', 'exporting'],
    ['when it has failed and waits for an operator', 'failed', 'attention'],
  ] as const)('is asked to confirm, %s', async (_when, exportState, until) => {
    const world = new FakeWorld();
    world.exportState = exportState;

    const { asked, ended } = await closures.withWorld(world, async () => {
      const closure = await closures.request();
      const before = until === 'attention' ? await closure.untilAttention() : await closure.untilPhase('exporting');
      expect(before.attention.map(({ fault }) => fault)).toEqual(until === 'attention' ? ['ExportFailed'] : []);
      await closure.declineExport();
      const planned = await closure.untilPhase('awaitingConfirmation');
      await expect(closure.declineExport()).resolves.toMatchObject({ phase: 'awaitingConfirmation' });
      await closure.confirm();
      return { asked: planned, ended: await closure.handle.result() };
    });

    expect(asked).toMatchObject({ attention: [], export: { kind: 'declined' } });
    expect(ended).toMatchObject({ outcome: 'closed', export: { kind: 'declined' } });
    expect(ended.export).not.toHaveProperty('files');
  });

  it('is refused when the export is there already', async () => {
    const world = new FakeWorld();

    await closures.withWorld(world, async () => {
      const closure = await closures.request();
      await closure.untilPhase('awaitingConfirmation');
      await expect(closure.declineExport()).rejects.toMatchObject({ cause: { type: 'not-exporting' } });
      await closure.withdraw();
    });

    expect(world.account).toBe('live');
  });

  it('is refused with the token of another closure', async () => {
    const world = new FakeWorld();
    world.exportState = 'running';

    const status = await closures.withWorld(world, async () => {
      const closure = await closures.request();
      await closure.untilPhase('exporting');
      const forged = signReport(randomBytes(32), closure.closureId, 'export-declined');
      await expect(closure.handle.executeUpdate(reportUpdate, { args: [forged] })).rejects.toMatchObject({
        cause: { type: 'wrong-token' },
      });
      const unchanged = await closure.status();
      await closure.withdraw();
      return unchanged;
    });

    expect(status).toMatchObject({ phase: 'exporting' });
    expect(status.export).toBeUndefined();
  });
});

async function closed(world: FakeWorld): Promise<{ ended: ClosureStatus; keptForMs: number }> {
  return await closures.withWorld(world, async () => {
    const closure = await closures.request();
    const { confirmedAt = '' } = await closure.confirm();
    const ended = await closure.handle.result();
    expect(world.containers.size).toBe(1);
    return { ended, keptForMs: keptFor(ended, Date.parse(confirmedAt)) };
  });
}

function keptFor({ export: saved }: ClosureStatus, sinceMs: number): number {
  return saved?.kind === 'saved' ? Date.parse(saved.keptUntil ?? '') - sinceMs : Number.NaN;
}
