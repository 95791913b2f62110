import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { FakeWorld } from '../support/fake-world';
import { CLOSURE_ID } from '../support/inputs';
import { attempt } from '../support/run-activity';

function plan(world: FakeWorld, round = 1): Promise<unknown> {
  const input = { closureId: CLOSURE_ID, account: world.person, round, targets: ['directory'] as const };
  return attempt(world.dependencies, ['planErasure', input]);
}

async function digestOf(world: FakeWorld, round = 1): Promise<string> {
  const planned = await plan(world, round);
  if (typeof planned !== 'object' || planned === null || !('planDigest' in planned)) throw new TypeError('no digest');
  return String(planned.planDigest);
}

/** RFC 8785, written out by hand. */
const CANONICAL =
  `{"closureId":"${CLOSURE_ID}","round":1,"targets":[{"erases":[{"count":1,"what":"account"},` +
  '{"count":2,"what":"memberships"},{"count":1,"what":"app-role-assignments"}],"name":"directory",' +
  '"retains":[{"basis":"provider-audit-log","what":"directory-audit-logs"},' +
  '{"basis":"provider-log-erasure-within-30-days","what":"system-generated-logs"}]}],"version":1}';

describe('the plan of an erasure', () => {
  it('counts what goes and says what stays, and leaves out what there is none of', async () => {
    await expect(plan(new FakeWorld())).resolves.toMatchObject({
      plan: {
        version: 1,
        round: 1,
        closureId: CLOSURE_ID,
        targets: [
          {
            name: 'directory',
            erases: [
              { what: 'account', count: 1 },
              { what: 'memberships', count: 2 },
              { what: 'app-role-assignments', count: 1 },
            ],
            retains: [
              { what: 'directory-audit-logs', basis: 'provider-audit-log' },
              { what: 'system-generated-logs', basis: 'provider-log-erasure-within-30-days' },
            ],
          },
        ],
      },
    });
  });

  it('has the lower-case hex SHA-256 of its canonical JSON as its digest', async () => {
    await expect(digestOf(new FakeWorld())).resolves.toBe(createHash('sha256').update(CANONICAL).digest('hex'));
  });

  it('is the same for the same holdings, and another for others', async () => {
    const world = new FakeWorld();
    const before = await digestOf(world);

    await expect(digestOf(world)).resolves.toBe(before);
    world.memberships = 3;
    await expect(digestOf(world)).resolves.not.toBe(before);
  });

  it('is another one in each round: a yes to an earlier plan is never one to a later', async () => {
    const world = new FakeWorld();

    await expect(digestOf(world, 2)).resolves.not.toBe(await digestOf(world, 1));
  });

  it('is made by reading only', async () => {
    const world = new FakeWorld();

    await plan(world);

    expect(world.calls).toEqual(['countHoldings']);
  });
});
