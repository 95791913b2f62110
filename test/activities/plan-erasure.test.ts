import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { Sensitive } from '../../activities/ports/sensitive';
import type { SubjectIds } from '../../activities/ports/subject-rows';
import type { ShownPlan } from '../../workflows/contract/activities';
import { aDefinition } from '../support/a-shop';
import { FakeWorld } from '../support/fake-world';
import { DIRECTORY_POLICY } from '../support/planned-targets';
import {
  CLOSURE_ID,
  closureRef,
  decisionFor,
  directoryInput,
  HISTORY,
  planAgainInput,
  planInput,
} from '../support/inputs';
import { attempt, untilDone } from '../support/run-activity';
import { refused } from '../support/several-systems';

function isShown(planned: unknown): planned is ShownPlan {
  return typeof planned === 'object' && planned !== null && 'planDigest' in planned;
}

async function plan(world: FakeWorld, round = 1): Promise<ShownPlan> {
  const planned = await attempt(world.dependencies, ['planErasure', planInput(world, round)]);
  if (!isShown(planned)) throw new TypeError('no plan');
  return planned;
}

const planAgain = (world: FakeWorld, round = 1): Promise<unknown> =>
  attempt(world.dependencies, ['planAgain', planAgainInput(world, round)]);
const end = (world: FakeWorld): Promise<unknown> =>
  attempt(world.dependencies, ['recordEnding', { ...closureRef(world), decision: decisionFor('withdrawn') }]);

const noRows = (): never => {
  throw new TypeError('nothing is asked but what a plan needs');
};

const DIRECTORY = DIRECTORY_POLICY.definitionDigest;

/** RFC 8785, written out by hand. */
const CANONICAL =
  `{"closureId":"${CLOSURE_ID}","round":1,"targets":[{"definitionDigest":"${DIRECTORY}","erases":[` +
  '{"action":"delete","count":1,"what":"account"},{"action":"delete","count":2,"what":"memberships"},' +
  '{"action":"delete","count":1,"what":"app-role-assignments"},{"action":"delete","count":0,"what":"consents"},' +
  '{"action":"delete","count":0,"what":"ownerships"}],' +
  '"keptByProvider":[{"basis":"provider-audit-log","what":"directory-audit-logs"},' +
  '{"basis":"provider-log-erasure-within-30-days","what":"system-generated-logs"}],' +
  '"kind":"directory","name":"directory","retains":[]}],"version":1}';

describe('the plan of an erasure', () => {
  it('counts what goes and says what stays; a kind of which there is none is part of it, too', async () => {
    expect((await plan(new FakeWorld())).plan).toEqual({
      version: 1,
      round: 1,
      closureId: CLOSURE_ID,
      targets: [
        {
          name: 'directory',
          kind: 'directory',
          definitionDigest: DIRECTORY,
          erases: [
            { what: 'account', action: 'delete', count: 1 },
            { what: 'memberships', action: 'delete', count: 2 },
            { what: 'app-role-assignments', action: 'delete', count: 1 },
            { what: 'consents', action: 'delete', count: 0 },
            { what: 'ownerships', action: 'delete', count: 0 },
          ],
          retains: [],
          keptByProvider: [
            { what: 'directory-audit-logs', basis: 'provider-audit-log' },
            { what: 'system-generated-logs', basis: 'provider-log-erasure-within-30-days' },
          ],
        },
      ],
    });
  });

  it('has the lower-case hex SHA-256 of its canonical JSON as its digest', async () => {
    expect((await plan(new FakeWorld())).planDigest).toBe(createHash('sha256').update(CANONICAL).digest('hex'));
  });

  it('is recorded as it is shown, and returned on repetition although the account holds more by now', async () => {
    const world = new FakeWorld();
    const shown = await plan(world);
    world.memberships = 7;

    await expect(plan(world)).resolves.toEqual(shown);
    expect(world.auditLog.entries).toMatchObject([
      { ...HISTORY, target: 'closure', step: 'plan', round: 1, kind: 'result', outcome: { plan: shown.plan } },
    ]);
  });

  it('is made anew in another round and in another history', async () => {
    const world = new FakeWorld();
    const shown = await plan(world);
    world.memberships = 7;

    const digests = new Set([shown.planDigest, (await plan(world, 2)).planDigest]);
    const input = { ...planInput(world), firstRunId: 'run-2' };
    const other = await attempt(world.dependencies, ['planErasure', input]);

    expect(digests.size).toBe(2);
    expect(other).not.toMatchObject({ planDigest: shown.planDigest });
  });

  it('is the one that another attempt recorded meanwhile', async () => {
    const world = new FakeWorld();
    world.before('append', async (times) => {
      if (times > 1) return;
      world.memberships = 7;
      await plan(world);
    });

    const shown = await plan(world);

    expect(shown.plan.targets[0]?.erases[1]).toEqual({ what: 'memberships', action: 'delete', count: 7 });
    await expect(plan(world)).resolves.toEqual(shown);
  });

  it('knows the last turn there was when it was shown', async () => {
    const world = new FakeWorld();
    await expect(plan(world)).resolves.toMatchObject({ turn: 0 });
    await end(world);

    await expect(plan(world)).resolves.toMatchObject({ turn: 1 });
    await expect(plan(world, 2)).resolves.toMatchObject({ turn: 1 });
  });

  it('cannot be told when what was recorded cannot be read', async () => {
    const world = new FakeWorld();
    const { signal } = new AbortController();
    const key = { ...HISTORY, target: 'closure', step: 'plan', round: 1, kind: 'result' } as const;
    await world.auditLog.append({ ...key, outcome: { plan: 'another version' } }, signal);

    await expect(plan(world)).rejects.toMatchObject({ type: 'AuditLogUnavailable' });
  });
});

describe('a plan that could not be made', () => {
  it('finds the person by what the file says when it is tried again, not by a key of another description', async () => {
    const world = new FakeWorld();
    const counted: (string | undefined)[] = [];
    const planBy = (definitionDigest: string, key: string): Promise<unknown> => {
      const rows = {
        findKey: () => Promise.resolve({ kind: 'found' as const, key: new Sensitive(key) }),
        count: ({ key: used }: SubjectIds) => {
          counted.push(used?.reveal());
          return counted.length === 1 ? refused() : Promise.resolve([]);
        },
        progress: noRows,
        eraseBatch: noRows,
        remaining: noRows,
      };
      const shop = { ...aDefinition('postgres://shop.example/shop'), definitionDigest };
      const catalog = { ...world.catalog, targets: [shop, ...world.catalog.targets] };
      return attempt({ ...world.dependencies, catalog, rowsOf: () => rows }, ['planErasure', planInput(world)]);
    };

    await expect(planBy('aa'.repeat(32), '1')).rejects.toMatchObject({ type: 'RequestRefused' });
    await planBy('bb'.repeat(32), 'customer-7');

    expect(counted).toEqual(['1', 'customer-7']);
  });
});

describe('what would be planned now', () => {
  it('is made anew each time and kept nowhere', async () => {
    const world = new FakeWorld();
    await plan(world);
    const before = [...world.auditLog.entries];
    world.memberships = 7;

    await expect(planAgain(world)).resolves.toMatchObject({
      targets: [
        { erases: [{ count: 1 }, { what: 'memberships', count: 7 }, { count: 1 }, { count: 0 }, { count: 0 }] },
      ],
    });
    expect(world.auditLog.entries).toEqual(before);
  });
});

describe('once the erasure has begun', () => {
  const CONFIRMED = { step: 'confirm', at: '2026-01-02T00:00:00.000Z', signature: 'signature-1' } as const;

  /** Two plans were shown and the second one was confirmed; its fence has passed the point of no return. */
  async function begun(): Promise<{ readonly world: FakeWorld; readonly shown: ShownPlan }> {
    const world = new FakeWorld();
    await plan(world, 1);
    world.memberships = 7;
    const shown = await plan(world, 2);
    const { planDigest } = shown;
    const stale = { ...CONFIRMED, at: '2026-01-01T00:00:00.000Z', planDigest: 'cd'.repeat(32) };
    const decisions = [stale, { ...CONFIRMED, planDigest }];
    await attempt(world.dependencies, ['fenceTarget', { ...directoryInput(world), planDigest, decisions }]);
    return { world, shown };
  }

  it.each([1, 2, 3])('there is one plan, with the yes to it, whichever round asks (%p)', async (round) => {
    const { world, shown } = await begun();
    world.memberships = 0;

    await expect(plan(world, round)).resolves.toEqual({
      ...shown,
      turn: 1,
      confirmation: { planDigest: shown.planDigest, signature: 'signature-1', confirmedAt: CONFIRMED.at },
    });
    await expect(planAgain(world, round)).resolves.toEqual(shown.plan);
  });

  it('is read from the log, not from an account that may be gone', async () => {
    const { world, shown } = await begun();
    await untilDone(world.dependencies, ['eraseTarget', { ...directoryInput(world), planDigest: shown.planDigest }]);
    world.calls.splice(0);

    await plan(world, 1);

    expect(world.calls).not.toContain('countHoldings');
  });
});
