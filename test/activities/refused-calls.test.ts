import { describe, expect, it } from '@jest/globals';
import type { AuditEntry } from '../../activities/ports/audit-log';
import { AccessDeniedError, ThrottledError, UnavailableError } from '../../activities/ports/faults';
import { FakeWorld } from '../support/fake-world';
import { directoryInput } from '../support/inputs';
import { gate } from '../support/gate';
import { attempt, Retries } from '../support/run-activity';

const MINUTE_MS = 60_000;
/** Attempts over eleven minutes: a minute longer than reads may lag. */
const AGES_MS = [0, 0.5, 4, 8, 11].map((minutes) => minutes * MINUTE_MS);
const AT = { farEnd: 'directory', operation: 'directory.soft-delete' } as const;
const refusal = new AccessDeniedError(AT);
const ERASED = { kind: 'erased', count: 1, retained: [] };
const GONE = { kind: 'stopped', reason: 'account-gone', done: [] };

const erase = (world: FakeWorld): Promise<unknown> =>
  attempt(world.dependencies, ['eraseTarget', directoryInput(world)]);
const erasing = (world: FakeWorld): Retries<'eraseTarget'> =>
  new Retries(world.dependencies, ['eraseTarget', directoryInput(world)]);
const ofKind = (world: FakeWorld, kind: AuditEntry['kind']): readonly AuditEntry[] =>
  world.auditLog.entries.filter((entry) => entry.kind === kind);

/** The deletion is refused, or not answered, in turn; once there is nothing left to throw it is obeyed. */
function deleting(world: FakeWorld, faults: readonly Error[]): FakeWorld {
  world.before('softDelete', (times) => {
    const fault = faults[times - 1];
    if (fault !== undefined) throw fault;
  });
  return world;
}

describe('an erasure whose every call was refused', () => {
  it.each<[string, Error]>([
    ['for want of a right', refusal],
    ['for a while', new ThrottledError({ ...AT, status: 429 }, 1_000)],
  ])('has erased nothing when somebody else removes the account (%s)', async (_why, fault) => {
    const world = deleting(new FakeWorld(), [fault]);
    await expect(erase(world)).rejects.toThrow();

    world.account = 'gone';

    await expect(erasing(world).upTo(AGES_MS)).resolves.toMatchObject(GONE);
  });

  it('has not purged what somebody else deleted and purged', async () => {
    const world = new FakeWorld();
    world.account = 'deleted';
    world.purge = 'refused';
    await expect(erase(world)).rejects.toMatchObject({ type: 'PurgeRefused' });

    world.account = 'gone';

    await expect(erasing(world).upTo(AGES_MS)).resolves.toMatchObject(GONE);
  });

  it('leaves a refusal behind each mark, with its key and occasion', async () => {
    const world = deleting(new FakeWorld(), [refusal, refusal]);
    await expect(erase(world)).rejects.toThrow();
    await expect(erase(world)).rejects.toThrow();

    const keyOf = ({ step, round, occasion, planDigest }: AuditEntry) => ({ step, round, occasion, planDigest });
    const marks = ofKind(world, 'mark').map(keyOf);
    expect(marks).toHaveLength(2);
    expect(new Set(marks.map(({ occasion }) => occasion)).size).toBe(2);
    expect(ofKind(world, 'refusal').map(keyOf)).toEqual(marks);
  });
});

describe('an erasure of which a call may have been obeyed', () => {
  it.each<[string, readonly Error[]]>([
    ['before one that was refused', [new UnavailableError(AT), refusal]],
    ['after one that was refused', [refusal, new UnavailableError(AT)]],
    ['behind a gateway that put it off', [new ThrottledError({ ...AT, status: 503 }, 1_000)]],
  ])('has erased what is gone: %s', async (_when, faults) => {
    const world = deleting(new FakeWorld(), faults);
    for (const { message } of faults) await expect(erase(world)).rejects.toThrow(message);

    world.account = 'gone';

    await expect(erasing(world).upTo(AGES_MS)).resolves.toEqual(ERASED);
  });

  it('has erased what is gone when the refusal could not be written', async () => {
    const world = deleting(new FakeWorld(), [refusal]);
    const { auditLog, ...others } = world.dependencies;
    const append: typeof auditLog.append = (entry, signal) =>
      entry.kind === 'refusal'
        ? Promise.reject(new UnavailableError({ farEnd: 'audit-log' }))
        : auditLog.append(entry, signal);
    const away = { ...others, auditLog: { ...world.auditLog, append } };

    await expect(attempt(away, ['eraseTarget', directoryInput(world)])).rejects.toMatchObject({ type: 'AccessDenied' });
    world.account = 'gone';

    await expect(erasing(world).upTo(AGES_MS)).resolves.toEqual(ERASED);
  });

  it.each(['first', 'second'] as const)(
    'has erased what is gone when of two at once the %s was refused',
    async (who) => {
      const world = new FakeWorld();
      const [first, second] = [gate(), gate()];
      const lost = new UnavailableError(AT);
      world.before('softDelete', async (times) => {
        await (times === 1 ? first : second).hold();
        throw (times === 1) === (who === 'first') ? refusal : lost;
      });
      const both = [erase(world)];
      await first.reached;
      both.push(erase(world));
      await second.reached;
      first.letGo();
      second.letGo();
      await Promise.allSettled(both);

      world.account = 'gone';

      expect(ofKind(world, 'refusal')).toHaveLength(1);
      await expect(erasing(world).upTo(AGES_MS)).resolves.toEqual(ERASED);
    },
  );
});

describe('a refusal', () => {
  it('is written although the attempt was cancelled meanwhile', async () => {
    const world = new FakeWorld();
    let cancel = (): void => undefined;
    world.before('softDelete', () => {
      cancel();
      throw refusal;
    });

    const outcome = attempt(world.dependencies, ['eraseTarget', directoryInput(world)], {
      onStarted: (canceller) => {
        cancel = canceller;
      },
    });

    await expect(outcome).rejects.toMatchObject({ name: 'CancelledFailure' });
    expect(ofKind(world, 'refusal')).toHaveLength(1);
  });
});
