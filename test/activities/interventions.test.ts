import { describe, expect, it } from '@jest/globals';
import { FakeWorld } from '../support/fake-world';
import { directoryInput } from '../support/inputs';
import { attempt, Retries } from '../support/run-activity';

const MINUTE_MS = 60_000;
const AGES_MS = [0, 0.5, 4, 8, 11].map((minutes) => minutes * MINUTE_MS);

const fence = (world: FakeWorld, round = 1): Promise<unknown> =>
  attempt(world.dependencies, ['fenceTarget', directoryInput(world, round)]);
const erase = (world: FakeWorld, round = 1): Promise<unknown> =>
  attempt(world.dependencies, ['eraseTarget', directoryInput(world, round)]);
const erasing = (world: FakeWorld, round = 1): Retries<'eraseTarget'> =>
  new Retries(world.dependencies, ['eraseTarget', directoryInput(world, round)]);

/** Fenced and deleted by us; the purge is refused, and the step waits for an operator. */
async function parkedAtThePurge(changes: Partial<FakeWorld> = {}): Promise<FakeWorld> {
  const world = new FakeWorld();
  world.purge = 'refused';
  await fence(world);
  await expect(erasing(world).upTo(AGES_MS)).rejects.toMatchObject({ type: 'PurgeRefused', nonRetryable: true });
  world.purge = 'allowed';
  world.calls.splice(0);
  return Object.assign(world, changes);
}

describe('an account that somebody restored after our deletion', () => {
  it.each([true, false])(
    'is not deleted again by a retry; an operator hears of it (blocked: %p)',
    async (isBlocked) => {
      const world = await parkedAtThePurge({ account: 'live', isSignInBlocked: isBlocked });
      const retries = erasing(world);

      for (const ageMs of AGES_MS.slice(0, -1)) {
        await expect(retries.at(ageMs)).rejects.toMatchObject({ type: 'ReadsUnsettled' });
      }
      await expect(retries.at(11 * MINUTE_MS)).rejects.toMatchObject({ type: 'AccountRestored', nonRetryable: true });
      expect(world.effects).toEqual([]);
      expect(world.account).toBe('live');
    },
  );

  it('is not deleted again in another round either, as long as nobody decided so', async () => {
    const world = await parkedAtThePurge({ account: 'live' });

    await expect(erasing(world, 2).upTo(AGES_MS)).rejects.toMatchObject({ type: 'AccountRestored' });
    expect(world.effects).toEqual([]);
  });

  it('is fenced anew and erased once an operator has decided it', async () => {
    const world = await parkedAtThePurge({ account: 'live', isSignInBlocked: false });

    await expect(fence(world, 2)).resolves.toEqual({ kind: 'fenced' });
    await expect(erase(world, 2)).resolves.toEqual({ kind: 'erased', count: 1, retained: [] });

    expect(world.effects).toEqual(['blockSignIn', 'revokeSessions', 'softDelete', 'purge']);
  });

  it('was only a read that lagged when it is in the deleted items at the next look', async () => {
    const world = await parkedAtThePurge({ account: 'live' });
    const retries = erasing(world);
    await expect(retries.at(0)).rejects.toMatchObject({ type: 'ReadsUnsettled' });

    world.account = 'deleted';

    await expect(retries.at(MINUTE_MS)).resolves.toEqual({ kind: 'erased', count: 1, retained: [] });
    expect(world.effects).toEqual(['purge']);
  });

  it('is not meant where our deletion was never answered: it may not have arrived, and is sent again', async () => {
    const world = new FakeWorld();
    await fence(world);
    world.before('softDelete', (times) => {
      if (times === 1) throw new Error('killed before it was sent');
    });
    await expect(erase(world)).rejects.toThrow();

    await expect(erase(world)).resolves.toEqual({ kind: 'erased', count: 1, retained: [] });
  });

  it('is seen also when it lives again after our purge', async () => {
    const world = new FakeWorld();
    await fence(world);
    await erase(world);
    world.account = 'live';

    await expect(erasing(world, 2).upTo(AGES_MS)).rejects.toMatchObject({ type: 'AccountRestored' });
  });
});

describe('an account that somebody enabled after our fence', () => {
  it('is not erased before an operator has looked', async () => {
    const world = new FakeWorld();
    await fence(world);
    world.isSignInBlocked = false;
    const retries = erasing(world);

    for (const ageMs of AGES_MS.slice(0, -1)) {
      await expect(retries.at(ageMs)).rejects.toMatchObject({ type: 'ReadsUnsettled' });
    }
    await expect(retries.at(11 * MINUTE_MS)).rejects.toMatchObject({ type: 'AccountReenabled', nonRetryable: true });
    expect(world.effects).toEqual(['blockSignIn', 'revokeSessions']);
  });

  it('is erased when the next look finds it blocked: the first one lagged', async () => {
    const world = new FakeWorld();
    await fence(world);
    world.isSignInBlocked = false;
    const retries = erasing(world);
    await expect(retries.at(0)).rejects.toMatchObject({ type: 'ReadsUnsettled' });

    world.isSignInBlocked = true;

    await expect(retries.at(MINUTE_MS)).resolves.toEqual({ kind: 'erased', count: 1, retained: [] });
  });

  it('is fenced anew and erased once an operator has decided it', async () => {
    const world = new FakeWorld();
    await fence(world);
    world.isSignInBlocked = false;

    await fence(world, 2);

    await expect(erase(world, 2)).resolves.toEqual({ kind: 'erased', count: 1, retained: [] });
  });
});

describe('an account that we have erased ourselves', () => {
  it('is fenced when it is found nowhere: what is missing is our own doing', async () => {
    const world = await parkedAtThePurge();
    world.account = 'gone';
    const retries = new Retries(world.dependencies, ['fenceTarget', directoryInput(world, 2)]);

    await expect(retries.upTo(AGES_MS)).resolves.toEqual({ kind: 'fenced' });
  });
});
