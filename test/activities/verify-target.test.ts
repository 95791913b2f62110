import { describe, expect, it } from '@jest/globals';
import { UnavailableError } from '../../activities/ports/faults';
import { FakeWorld, POLICY } from '../support/fake-world';
import { directoryInput } from '../support/inputs';
import { Retries } from '../support/run-activity';

const MINUTE_MS = 60_000;
const QUIET_MS = 15 * MINUTE_MS;
/** What an attempt itself takes is counted, too. */
const SOON_MS = 5_000;

const worldWith = (account: FakeWorld['account']): FakeWorld => Object.assign(new FakeWorld(), { account });

function looksAt(
  world: FakeWorld,
  { verifyAfterMs = QUIET_MS, readsLagMs = POLICY.readsLagMs } = {},
): Retries<'verifyTarget'> {
  return new Retries(world.dependencies, ['verifyTarget', { ...directoryInput(world), verifyAfterMs, readsLagMs }]);
}

describe('a look that finds nothing', () => {
  it('is believed only after a second one when the quiet period is over', async () => {
    const looks = looksAt(worldWith('gone'));

    await expect(looks.at(0)).rejects.toMatchObject({
      type: 'SecondLookDue',
      category: 'BENIGN',
      nonRetryable: false,
      nextRetryDelay: QUIET_MS,
    });
    await expect(looks.at(QUIET_MS + SOON_MS)).resolves.toEqual({ kind: 'absent', grade: 're-read' });
  });

  it('is a first look however late it comes, and whatever kept earlier attempts from looking', async () => {
    const world = worldWith('gone');
    const looks = looksAt(world);
    world.before('findAccount', (times) => {
      if (times <= 3) throw new UnavailableError({ farEnd: 'directory' });
    });
    for (const ageMs of [0, QUIET_MS, 2 * QUIET_MS]) {
      await expect(looks.at(ageMs)).rejects.toMatchObject({ type: 'Unavailable' });
    }

    await expect(looks.at(3 * QUIET_MS)).rejects.toMatchObject({ type: 'SecondLookDue', nextRetryDelay: QUIET_MS });
    await expect(looks.at(4 * QUIET_MS + SOON_MS)).resolves.toEqual({ kind: 'absent', grade: 're-read' });
  });

  it('is followed by one when the rest of the quiet period is over', async () => {
    const looks = looksAt(worldWith('gone'));
    await expect(looks.at(0)).rejects.toThrow();

    const early = looks.at(10 * MINUTE_MS);

    await expect(early).rejects.toMatchObject({ type: 'SecondLookDue', nextRetryDelay: expect.any(Number) });
    await expect(looks.at(QUIET_MS + SOON_MS)).resolves.toEqual({ kind: 'absent', grade: 're-read' });
  });

  it('is the first again after one that found something', async () => {
    const world = worldWith('gone');
    const looks = looksAt(world);
    await expect(looks.at(0)).rejects.toMatchObject({ type: 'SecondLookDue' });
    world.account = 'deleted';
    await expect(looks.at(MINUTE_MS)).rejects.toMatchObject({ type: 'ReadsUnsettled' });
    world.account = 'gone';

    await expect(looks.at(QUIET_MS + SOON_MS)).rejects.toMatchObject({ type: 'SecondLookDue' });
  });

  it('is enough by itself without a quiet period', async () => {
    await expect(looksAt(worldWith('gone'), { verifyAfterMs: 0 }).at(0)).resolves.toEqual({
      kind: 'absent',
      grade: 're-read',
    });
  });

  it('is no absence behind a gateway through which the account was never read', async () => {
    const world = Object.assign(worldWith('gone'), { proof: 'among-several' as const });
    const input = { ...directoryInput(world), verifyAfterMs: 0, reachedThrough: 'directory-2' };

    const look = new Retries(world.dependencies, ['verifyTarget', input]).at(0);

    await expect(look).rejects.toMatchObject({ type: 'Indeterminate' });
  });
});

describe('a look that finds something', () => {
  it.each(['live', 'deleted'] as const)('is looked at again for as long as reads may lag: %s', async (account) => {
    const looks = looksAt(worldWith(account));

    for (const minutes of [0, 0.5, 9]) {
      await expect(looks.at(minutes * MINUTE_MS)).rejects.toMatchObject({ type: 'ReadsUnsettled', category: 'BENIGN' });
    }
    await expect(looks.at(10 * MINUTE_MS + SOON_MS)).resolves.toEqual({ kind: 'remains', count: 1 });
  });

  it('is no remains because one read lagged late', async () => {
    const world = worldWith('gone');
    const looks = looksAt(world);
    await expect(looks.at(0)).rejects.toThrow();
    world.account = 'live';

    await expect(looks.at(60 * MINUTE_MS)).rejects.toMatchObject({ type: 'ReadsUnsettled' });
  });

  it('is believed at once where nothing lags', async () => {
    const looks = looksAt(worldWith('deleted'), { readsLagMs: 0 });

    await expect(looks.at(0)).resolves.toEqual({ kind: 'remains', count: 1 });
  });
});

describe('a look that cannot tell', () => {
  it('says so', async () => {
    const world = worldWith('gone');
    world.before('findDeletedAccount', () => {
      throw new UnavailableError({ farEnd: 'directory' });
    });

    await expect(looksAt(world).at(0)).rejects.toMatchObject({ type: 'Unavailable', nonRetryable: false });
  });
});
