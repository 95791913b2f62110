import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FakeWorld, type Call } from '../support/fake-world';
import { directoryInput } from '../support/inputs';
import { attempt, Retries, untilDone } from '../support/run-activity';

const ERASED = { kind: 'erased', count: 1, retained: [] };

const erase = (world: FakeWorld): Promise<unknown> =>
  attempt(world.dependencies, ['eraseTarget', directoryInput(world)]);
const outcomes = (world: FakeWorld): unknown[] =>
  world.auditLog.entries.filter(({ kind }) => kind === 'result').map(({ outcome }) => outcome);

describe('two attempts of an erasure at the same time', () => {
  it('erase the account and tell the same, in whatever order their calls come', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const world = new FakeWorld();
        const calls: Call[] = ['append', 'pass', 'findAccount', 'kindOf', 'softDelete', 'purge'];
        for (const call of calls) world.before(call, () => scheduler.schedule(Promise.resolve(), call));

        const both = Promise.allSettled([erase(world), erase(world)]);
        await scheduler.waitFor(both);
        await scheduler.waitFor(untilDone(world.dependencies, ['eraseTarget', directoryInput(world)]));

        const told = (await both).flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []));
        expect(world.account).toBe('gone');
        expect(outcomes(world)).toEqual([ERASED]);
        for (const answer of told) expect(answer).toEqual(outcomes(world)[0]);
      }),
      { numRuns: 200 },
    );
  });

  it('leave the count of the first: the second finds less but does not say so', async () => {
    const world = new FakeWorld();

    const both = await Promise.all([
      erase(world),
      untilDone(world.dependencies, ['eraseTarget', directoryInput(world)]),
    ]);

    expect(both).toEqual([ERASED, ERASED]);
    expect(outcomes(world)).toEqual([ERASED]);
  });
});

/** A world in which an attempt is killed when that many calls have been made in all, each time. */
function dyingAt(places: readonly number[], calls: readonly Call[]): FakeWorld {
  const world = new FakeWorld();
  let died = 0;
  const die = (): void => {
    if (world.calls.length !== places[died]) return;
    died += 1;
    throw new Error('killed');
  };
  for (const call of new Set(calls)) world.after(call, die);
  return world;
}

describe('an erasure whose attempts die between any two calls', () => {
  it('ends as if nothing had happened, whichever two calls they die at', async () => {
    const undisturbed = new FakeWorld();
    await erase(undisturbed);
    const places = undisturbed.calls.map((_call, place) => place + 1);

    for (const [first, second] of places.flatMap((one) => places.map((other) => [one, one + other] as const))) {
      const world = dyingAt([first, second], undisturbed.calls);

      const told = await untilDone(world.dependencies, ['eraseTarget', directoryInput(world)]);

      expect({ first, second, told, account: world.account, outcomes: outcomes(world) }).toEqual({
        first,
        second,
        told: ERASED,
        account: 'gone',
        outcomes: [ERASED],
      });
    }
  });

  it('never calls what is gone erased when it dies before it has sent anything', async () => {
    const world = new FakeWorld();
    world.before('pass', (times) => {
      if (times === 1) throw new Error('killed');
    });
    const retries = new Retries(world.dependencies, ['eraseTarget', directoryInput(world)]);
    await expect(retries.at(0)).rejects.toThrow();

    world.account = 'gone';

    await expect(retries.upTo([60_000, 90_000, 400_000, 720_000])).resolves.toMatchObject({
      kind: 'stopped',
      reason: 'account-gone',
    });
  });
});
