import { describe, expect, it } from '@jest/globals';
import { UnavailableError } from '../../activities/ports/faults';
import type { ClosureStatus } from '../../workflows/contract/status';
import { FakeWorld } from '../support/fake-world';
import { closuresOfThisFile, type ClosureUnderTest } from '../support/time-skipping-closures';
import { takeDatabaseAway } from '../support/world-faults';

const closures = closuresOfThisFile();

/** The decisions in the audit log, in order, each with its fields. */
function decisionsIn({ auditLog }: FakeWorld): object[] {
  return auditLog.entries
    .filter(({ kind }) => kind === 'decision')
    .map(({ target, step, outcome }) => ({ target, step, ...outcome }));
}

/** A world in which the answer to the first writing of each decision is lost, so that its step is tried again. */
function worldThatLosesAnswers(): FakeWorld {
  const world = new FakeWorld();
  const lost = new Set<number>();
  world.after('append', () => {
    const last = world.auditLog.entries.at(-1);
    if (last?.kind !== 'decision' || lost.has(last.sequence)) return;
    lost.add(last.sequence);
    throw new UnavailableError({ farEnd: 'audit-log', operation: 'audit-log.append' });
  });
  return world;
}

const REQUEST = { target: 'closure', step: 'request', publicKey: expect.any(String) };

async function told(
  world: FakeWorld,
  act: (closure: ClosureUnderTest) => Promise<unknown>,
): Promise<{ decisions: object[]; ended: ClosureStatus }> {
  const ended = await closures.withWorld(world, async () => {
    const closure = await closures.request();
    await act(closure);
    return await closure.handle.result();
  });
  return { decisions: decisionsIn(world), ended };
}

describe('the audit log has each decision once, though the answer to its writing was lost', () => {
  it('of a confirmation: the digest and the signature', async () => {
    const { decisions, ended } = await told(worldThatLosesAnswers(), ({ confirm }) => confirm());

    expect(decisions).toEqual([REQUEST, { target: 'closure', step: 'confirm', ...ended.confirmation }]);
    expect(ended.outcome).toBe('closed');
  });

  it('of a withdrawal', async () => {
    const { decisions } = await told(worldThatLosesAnswers(), async ({ untilPhase, withdraw }) => {
      await untilPhase('awaitingConfirmation');
      await withdraw();
    });

    expect(decisions).toEqual([REQUEST, { target: 'closure', step: 'withdraw' }]);
  });

  it('of an expiry: until when the person was asked', async () => {
    const { decisions, ended } = await told(worldThatLosesAnswers(), () => Promise.resolve());

    expect(decisions).toEqual([REQUEST, { target: 'closure', step: 'expire', confirmBy: ended.confirmBy }]);
  });

  it('of a rejection: the reason', async () => {
    const world = worldThatLosesAnswers();
    world.realmKind = 'managed';

    const { decisions } = await told(world, () => Promise.resolve());

    expect(decisions).toEqual([REQUEST, { target: 'closure', step: 'reject', reason: 'managed-tenant' }]);
  });

  it('of an export that is declined: the signature', async () => {
    const world = worldThatLosesAnswers();
    world.exportState = 'running';

    const { decisions } = await told(world, async ({ untilPhase, declineExport, confirm }) => {
      await untilPhase('exporting');
      await declineExport();
      await confirm();
    });

    expect(decisions).toEqual([
      REQUEST,
      { target: 'closure', step: 'decline-export', signature: expect.stringMatching(/^[\w-]{86}$/) },
      expect.objectContaining({ step: 'confirm' }),
    ]);
  });

  it("of an operator's answer: which step, who, and to what", async () => {
    const world = worldThatLosesAnswers();
    world.purge = 'refused';
    let since: string | undefined;

    const { decisions } = await told(world, async ({ confirm, untilAttention, resolve }) => {
      await confirm();
      since = (await untilAttention()).attention[0]?.since;
      world.purge = 'allowed';
      await resolve('directory');
    });

    expect(decisions).toEqual([
      REQUEST,
      expect.objectContaining({ step: 'confirm' }),
      { target: 'directory', step: 'resolve', action: 'retry', by: 'op-1', since },
    ]);
  });
});

describe('a decision that is made while the database is away', () => {
  it('is written when it is back, with what was decided before it', async () => {
    const world = new FakeWorld();
    const bringBack = takeDatabaseAway(world);

    const { decisions, ended } = await told(world, async ({ untilAttention, resolve, untilPhase, withdraw }) => {
      expect(await untilAttention()).toMatchObject({
        attention: [{ target: 'eligibility', fault: 'AuditLogUnavailable' }],
      });
      bringBack();
      await resolve('eligibility');
      await untilPhase('awaitingConfirmation');
      await withdraw();
    });

    expect(decisions).toEqual([
      REQUEST,
      expect.objectContaining({ target: 'eligibility', step: 'resolve', action: 'retry', by: 'op-1' }),
      { target: 'closure', step: 'withdraw' },
    ]);
    expect(ended.outcome).toBe('withdrawn');
  });

  it('is written when a withdrawal comes while a step waits for its operator', async () => {
    const world = new FakeWorld();
    world.exportState = 'failed';

    const { decisions } = await told(world, async ({ untilAttention, resolve, untilSeen, withdraw }) => {
      const [first] = (await untilAttention()).attention;
      await resolve('export');
      await untilSeen(({ attention: [second] }) => second !== undefined && second.since !== first?.since);
      await withdraw();
    });

    expect(decisions).toEqual([
      REQUEST,
      expect.objectContaining({ target: 'export', step: 'resolve' }),
      { target: 'closure', step: 'withdraw' },
    ]);
  });
});
