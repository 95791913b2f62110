import { describe, expect, it } from '@jest/globals';
import { IndeterminateAnswerError, UnavailableError } from '../../activities/ports/faults';
import { FakeWorld, type Call } from '../support/fake-world';
import { directoryInput, PLAN_DIGEST } from '../support/inputs';
import { attempt, Retries } from '../support/run-activity';

const ERASED = { kind: 'erased', count: 1, retained: [] };
const MINUTE_MS = 60_000;
/** Attempts over eleven minutes: a minute longer than reads may lag. */
const AGES_MS = [0, 0.5, 4, 8, 11].map((minutes) => minutes * MINUTE_MS);
const away = new UnavailableError({ farEnd: 'directory' });

const erase = (world: FakeWorld, round = 1): Promise<unknown> =>
  attempt(world.dependencies, ['eraseTarget', directoryInput(world, round)]);
const erasing = (world: FakeWorld, round = 1): Retries<'eraseTarget'> =>
  new Retries(world.dependencies, ['eraseTarget', directoryInput(world, round)]);
const worldWith = (changes: Partial<FakeWorld>): FakeWorld => Object.assign(new FakeWorld(), changes);
const outcomes = (world: FakeWorld): unknown[] =>
  world.auditLog.entries.filter(({ kind }) => kind === 'result').map(({ outcome }) => outcome);

function relevant(world: FakeWorld, calls: readonly Call[]): readonly Call[] {
  return world.calls.filter((call) => calls.includes(call));
}

describe('the erasure of the directory account', () => {
  it('deletes, then purges, each after a look at the tenant', async () => {
    const world = new FakeWorld();

    await expect(erase(world)).resolves.toEqual(ERASED);

    expect(world.account).toBe('gone');
    expect(relevant(world, ['kindOf', 'softDelete', 'purge'])).toEqual(['kindOf', 'softDelete', 'kindOf', 'purge']);
  });

  it('purges what somebody else has deleted, and that is our erasure', async () => {
    const world = worldWith({ account: 'deleted' });

    await expect(erase(world)).resolves.toEqual(ERASED);
    expect(world.effects).toEqual(['purge']);
  });

  it('has erased nothing when the account is gone and no call of ours was sent: it stops after the whole lag', async () => {
    const world = worldWith({ account: 'gone' });

    await expect(erasing(world).upTo(AGES_MS)).resolves.toEqual({
      kind: 'stopped',
      reason: 'account-gone',
      signIn: 'unknown',
      done: [],
      isPastPointOfNoReturn: false,
    });
    expect(outcomes(world)).not.toContainEqual(ERASED);
  });

  it('has erased what is gone once a call of ours was sent, though its answer was lost', async () => {
    const world = new FakeWorld();
    world.after('purge', () => {
      throw away;
    });

    await expect(erasing(world).upTo([0, ...AGES_MS.map((ageMs) => ageMs + MINUTE_MS)])).resolves.toEqual(ERASED);
  });

  it('counts an account once: what has to be erased again adds nothing', async () => {
    const world = new FakeWorld();
    await erase(world, 1);
    world.account = 'deleted';

    await expect(erase(world, 2)).resolves.toEqual({ kind: 'erased', count: 0, retained: [] });
    await expect(erasing(world, 3).upTo(AGES_MS)).resolves.toEqual({ kind: 'erased', count: 0, retained: [] });
    expect(world.account).toBe('gone');
  });

  it('deletes nothing unseen: an account that is found nowhere at first is looked for again', async () => {
    const world = worldWith({ account: 'gone' });
    const retries = erasing(world);

    await expect(retries.at(0)).rejects.toMatchObject({ type: 'ReadsUnsettled', nonRetryable: false });
    expect(world.effects).toEqual([]);

    world.account = 'live';
    await expect(retries.at(MINUTE_MS)).resolves.toEqual(ERASED);
  });

  it('does not purge while the deleted items do not show the account yet: nobody could tell whose tenant it is', async () => {
    const world = new FakeWorld();
    const { directory, ...others } = world.dependencies;
    const findDeletedAccount: typeof directory.findDeletedAccount = () =>
      Promise.resolve({ kind: 'absent', provenBy: 'pinned-tenant' });
    const lagging = { ...others, directory: { ...directory, findDeletedAccount } };

    await expect(attempt(lagging, ['eraseTarget', directoryInput(world)])).rejects.toMatchObject({
      type: 'ReadsUnsettled',
    });
    expect(world.effects).toEqual(['softDelete']);
  });

  it('looks again when what was just deleted is not in the deleted items yet', async () => {
    const world = new FakeWorld();
    const { directory, ...others } = world.dependencies;
    const lagging = { ...others, directory: { ...directory, purge: () => Promise.resolve('absent' as const) } };
    const retries = erasing(world);

    await expect(retries.at(0, lagging)).rejects.toMatchObject({ type: 'ReadsUnsettled' });
    await expect(retries.at(MINUTE_MS)).resolves.toEqual(ERASED);
    expect(world.account).toBe('gone');
  });

  it('believes no absence behind a gateway through which this closure never read the account', async () => {
    const world = worldWith({ account: 'gone', proof: 'among-several' });
    const input = { ...directoryInput(world), reachedThrough: 'directory-2' };
    const retries = new Retries(world.dependencies, ['eraseTarget', input]);

    for (const ageMs of [...AGES_MS, 60 * MINUTE_MS]) {
      await expect(retries.at(ageMs)).rejects.toMatchObject({ type: 'Indeterminate' });
    }
  });

  it('needs an operator when the purge is refused for the whole lag, and is done when it is allowed', async () => {
    const world = worldWith({ purge: 'refused' });
    const retries = erasing(world);

    for (const ageMs of AGES_MS.slice(0, -1)) {
      await expect(retries.at(ageMs)).rejects.toMatchObject({ type: 'PurgeRefused', nonRetryable: false });
    }
    await expect(retries.at(11 * MINUTE_MS)).rejects.toMatchObject({ type: 'PurgeRefused', nonRetryable: true });
    expect(outcomes(world)).toEqual([]);

    await expect(erase(Object.assign(world, { purge: 'allowed' as const }))).resolves.toEqual(ERASED);
  });
});

describe('the audit entries of an erasure', () => {
  const told = (world: FakeWorld): unknown[] =>
    world.auditLog.entries.map(({ kind, step, round, occasion }) => [kind, step, round, occasion]);

  it('are the intent first, a mark before and an answer after each changing call, and the result last', async () => {
    const world = new FakeWorld();

    await erase(world);

    expect(told(world)).toEqual([
      ['intent', 'erase', 1, undefined],
      ['mark', 'erase', 1, expect.stringMatching(/^soft-delete:[0-9a-f-]{36}$/)],
      ['answer', 'erase', 1, 'soft-delete'],
      ['mark', 'erase', 1, expect.stringMatching(/^purge:[0-9a-f-]{36}$/)],
      ['answer', 'erase', 1, 'purge'],
      ['result', 'erase', 1, undefined],
    ]);
    for (const entry of world.auditLog.entries) expect(entry).toMatchObject({ planDigest: PLAN_DIGEST });
    expect(world.calls.at(0)).toBe('append');
    expect(world.calls.at(-1)).toBe('append');
  });

  it('are believed: a recorded result is answered as it is, and nothing is done again', async () => {
    const world = new FakeWorld();
    const { closureId, firstRunId, target, round } = directoryInput(world);
    const { append } = world.auditLog;
    const { signal } = new AbortController();
    const effect = { closureId, firstRunId, target, step: 'erase', round };
    await append({ ...effect, kind: 'intent' }, signal);
    await append({ ...effect, kind: 'result', outcome: { kind: 'erased', count: 7, retained: [] } }, signal);

    await expect(erase(world)).resolves.toEqual({ kind: 'erased', count: 7, retained: [] });
    expect(world.effects).toEqual([]);
  });

  it('of another history of the same closure are not ours', async () => {
    const world = new FakeWorld();
    await attempt(world.dependencies, ['eraseTarget', { ...directoryInput(world), firstRunId: 'run-0' }]);
    world.account = 'live';

    await expect(erase(world)).resolves.toEqual(ERASED);
    expect(world.account).toBe('gone');
  });

  it('come first: without the intent nothing is destroyed', async () => {
    const world = new FakeWorld();
    world.before('append', () => {
      throw new IndeterminateAnswerError({ farEnd: 'audit-log' }, 'the entry is not there');
    });

    await expect(erase(world)).rejects.toMatchObject({ type: 'AuditLogUnavailable' });
    expect(world.effects).toEqual([]);
  });
});
