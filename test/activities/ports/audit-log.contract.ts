import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AUDIT_KINDS, type AuditLog, type NewAuditEntry } from '../../../activities/ports/audit-log';
import type { Guid } from '../../../workflows/contract/account';
import { toGuid } from '../../../workflows/contract/ids';

/** An audit log, and how to end it. */
export interface AuditLogUnderTest {
  readonly auditLog: AuditLog;
  readonly close: () => Promise<void>;
}

/** What every `AuditLog` has to do. */
export function describeAuditLog(name: string, make: () => Promise<AuditLogUnderTest>): void {
  describe(`audit log: ${name}`, () => {
    const { signal } = new AbortController();
    let auditLog: AuditLog;
    let close: AuditLogUnderTest['close'];
    let intent: NewAuditEntry;
    let result: NewAuditEntry;

    beforeAll(async () => {
      // Many wait at once here.
      setMaxListeners(0, signal);
      ({ auditLog, close } = await make());
    });
    afterAll(async () => {
      await close();
    });
    beforeEach(() => {
      intent = intentOf(newClosureId());
      result = { ...intent, kind: 'result', outcome: { kind: 'erased', count: 1 } };
    });

    it('keeps an entry as it was written, with its place and time', async () => {
      const { entry, isNew } = await auditLog.append({ ...result, planDigest: 'a'.repeat(64) }, signal);

      expect(isNew).toBe(true);
      expect(entry).toStrictEqual({
        ...result,
        planDigest: 'a'.repeat(64),
        sequence: expect.any(Number),
        recordedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      });
    });

    it('keeps the first of two entries for the same effect, and returns it', async () => {
      const first = await auditLog.append(result, signal);

      const second = await auditLog.append({ ...result, outcome: { kind: 'absent' } }, signal);

      expect(second).toStrictEqual({ entry: first.entry, isNew: false });
      expect(await auditLog.list(result.closureId, signal)).toStrictEqual([first.entry]);
    });

    it.each([
      { firstRunId: 'another-run' },
      { round: 2 },
      { step: 'fence' },
      { target: 'export' },
      { kind: 'result' },
      { kind: 'mark' },
      { kind: 'refusal' },
      { occasion: 'purge' },
    ] as const)('takes another effect for another one: %j', async (difference) => {
      await auditLog.append(intent, signal);

      expect(await auditLog.append({ ...intent, ...difference }, signal)).toMatchObject({ isNew: true });
    });

    it('gives every one of many who write the same entry at once the same answer', async () => {
      const writers = Array.from({ length: 20 }, () => auditLog.append(intent, signal));

      const answers = await Promise.all(writers);

      expect(answers.filter(({ isNew }) => isNew)).toHaveLength(1);
      expect(new Set(answers.map(({ entry }) => entry.sequence)).size).toBe(1);
      expect(await auditLog.list(intent.closureId, signal)).toHaveLength(1);
    });

    it('finds the entry of a kind, and says when there is none', async () => {
      const { entry } = await auditLog.append(intent, signal);

      expect(await auditLog.find(intent, 'intent', signal)).toStrictEqual(entry);
      expect(await auditLog.find(intent, 'result', signal)).toBeUndefined();
      expect(await auditLog.find({ ...intent, round: 2 }, 'intent', signal)).toBeUndefined();
    });

    it('keeps one mark for each changing call, and finds the first of them', async () => {
      const mark = { ...intent, kind: 'mark' as const };
      const first = await auditLog.append({ ...mark, occasion: 'soft-delete' }, signal);

      const second = await auditLog.append({ ...mark, occasion: 'purge' }, signal);

      expect(second).toMatchObject({ isNew: true, entry: { occasion: 'purge' } });
      expect(await auditLog.append({ ...mark, occasion: 'purge' }, signal)).toStrictEqual({ ...second, isNew: false });
      expect(await auditLog.find(intent, 'mark', signal)).toStrictEqual(first.entry);
    });

    it.each(AUDIT_KINDS)('keeps an entry of the kind %s, and finds it', async (kind) => {
      const { entry, isNew } = await auditLog.append({ ...intent, kind, occasion: 'purge' }, signal);

      expect({ isNew, entry }).toMatchObject({ isNew: true, entry: { kind, occasion: 'purge' } });
      expect(await auditLog.find(intent, kind, signal)).toStrictEqual(entry);
    });

    it('keeps a decision once for its instant, with what was decided', async () => {
      const decision = {
        ...intent,
        target: 'closure',
        step: 'confirm',
        round: 0,
        kind: 'decision' as const,
        occasion: '2026-03-01T10:00:00.000Z',
        outcome: { planDigest: 'd'.repeat(64), signature: 's'.repeat(86) },
      };

      const { entry } = await auditLog.append(decision, signal);

      expect(entry).toMatchObject(decision);
      expect(await auditLog.append(decision, signal)).toStrictEqual({ entry, isNew: false });
    });

    it('keeps the outcome of a plan of 200 KiB as it is', async () => {
      const targets = Array.from({ length: 2_000 }, (_, number) => ({
        name: `t${String(number)}`,
        what: 'é"\\'.repeat(15),
      }));

      const { entry } = await auditLog.append(
        { ...result, outcome: { plan: { targets, count: 0, at: null } } },
        signal,
      );

      expect(entry.outcome).toStrictEqual({ plan: { targets, count: 0, at: null } });
      expect(await auditLog.find(result, 'result', signal)).toStrictEqual(entry);
    });

    it('finds nothing of another history of the closure, and lists it', async () => {
      await auditLog.append(intent, signal);
      const later = { ...intent, firstRunId: 'another-run' };

      expect(await auditLog.find(later, 'intent', signal)).toBeUndefined();
      await auditLog.append(later, signal);
      const entries = await auditLog.list(intent.closureId, signal);
      expect(entries.map(({ firstRunId }) => firstRunId)).toStrictEqual([intent.firstRunId, 'another-run']);
    });

    it('lists the entries of one closure, oldest first', async () => {
      await auditLog.append(intent, signal);
      await auditLog.append(intentOf(newClosureId()), signal);
      await auditLog.append(result, signal);
      await auditLog.append({ ...intent, target: 'a', round: 0 }, signal);

      const entries = await auditLog.list(intent.closureId, signal);

      expect(entries.map(({ target, kind }) => `${target} ${kind}`)).toStrictEqual([
        'directory intent',
        'directory result',
        'a intent',
      ]);
      const places = entries.map(({ sequence }) => sequence);
      expect(places).toStrictEqual([...places].sort((one, other) => one - other));
    });

    it('lists nothing of a closure that it does not know', async () => {
      expect(await auditLog.list(newClosureId(), signal)).toStrictEqual([]);
    });

    it('does nothing for a caller that has gone', async () => {
      const gone = AbortSignal.abort(new Error('gone'));

      await expect(auditLog.append(intent, gone)).rejects.toThrow('gone');
      await expect(auditLog.find(intent, 'intent', gone)).rejects.toThrow('gone');
      await expect(auditLog.list(intent.closureId, gone)).rejects.toThrow('gone');
      expect(await auditLog.list(intent.closureId, signal)).toStrictEqual([]);
    });
  });
}

const FIRST_RUN_ID = '0199a1b2-0000-7000-8000-000000000001';

/** The intent to erase the directory account of a closure. */
export function intentOf(closureId: Guid): NewAuditEntry {
  return { closureId, firstRunId: FIRST_RUN_ID, target: 'directory', step: 'erase', round: 1, kind: 'intent' };
}

/** The id of a closure that nobody has seen. */
export function newClosureId(): Guid {
  const closureId = toGuid(randomUUID());
  if (closureId === undefined) throw new TypeError('a UUID is no GUID');
  return closureId;
}
