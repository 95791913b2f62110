import { describe, expect, it } from '@jest/globals';
import { FakeWorld, POLICY } from '../support/fake-world';
import { checkInput, HISTORY } from '../support/inputs';
import { attempt, Retries } from '../support/run-activity';

const MINUTE_MS = 60_000;
/** Attempts over eleven minutes: a minute longer than reads may lag. */
const AGES_MS = [0, 0.5, 4, 8, 11].map((minutes) => minutes * MINUTE_MS);
const worldWith = (changes: Partial<FakeWorld>): FakeWorld => Object.assign(new FakeWorld(), changes);

const retriesOf = (world: FakeWorld, input = checkInput(world)): Retries<'checkEligibility'> =>
  new Retries(world.dependencies, ['checkEligibility', input]);

describe('past the point of no return', () => {
  const declined = { step: 'decline-export', at: '2025-01-02T03:04:05.000Z', signature: 'signature-1' } as const;

  /** The world in which the erasure has begun. */
  async function begun(): Promise<FakeWorld> {
    const world = new FakeWorld();
    const { signal } = new AbortController();
    await world.turns.pass({ ...HISTORY, attemptId: 'attempt-1', planDigest: 'ab', knownTurn: 0 }, signal);
    return world;
  }

  it('an export that was declined stays declined, since the instant of the decision', async () => {
    const world = await begun();
    const carrying = { ...checkInput(world), decisions: [declined] };
    const expected = { isPastPointOfNoReturn: true, exportDeclinedAt: declined.at };

    await expect(attempt(world.dependencies, ['checkEligibility', carrying])).resolves.toMatchObject(expected);
    await expect(attempt(world.dependencies, ['checkEligibility', checkInput(world)])).resolves.toMatchObject(expected);
  });

  it('what was declined in another history of the closure is not declined in this one', async () => {
    const world = await begun();
    const other = { ...checkInput(world), firstRunId: 'run-0', decisions: [declined] };
    await attempt(world.dependencies, ['checkEligibility', other]);

    await expect(attempt(world.dependencies, ['checkEligibility', checkInput(world)])).resolves.not.toHaveProperty(
      'exportDeclinedAt',
    );
  });

  it.each<Partial<FakeWorld>>([
    { isSignInBlocked: true },
    { account: 'deleted' },
    { account: 'gone' },
    { realmKind: 'managed' },
  ])('nothing is judged: what is odd is our own doing (%j)', async (changes) => {
    const world = worldWith(changes);
    const { signal } = new AbortController();
    await world.turns.pass({ ...HISTORY, attemptId: 'attempt-1', planDigest: 'ab', knownTurn: 0 }, signal);

    await expect(attempt(world.dependencies, ['checkEligibility', checkInput(world)])).resolves.toEqual({
      eligibility: { kind: 'eligible' },
      policy: POLICY,
      isPastPointOfNoReturn: true,
    });
  });

  it('is only where the way back was not opened again', async () => {
    const world = worldWith({ isSignInBlocked: true });
    const { signal } = new AbortController();
    const passage = { ...HISTORY, attemptId: 'attempt-1', planDigest: 'ab', knownTurn: 0 };
    await world.turns.pass(passage, signal);
    await world.turns.reopen(passage, signal);

    await expect(retriesOf(world).upTo(AGES_MS)).resolves.toMatchObject({
      eligibility: { reason: 'account-disabled' },
      isPastPointOfNoReturn: false,
    });
  });
});
