import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { AuditLog, NewAuditEntry } from '../../../activities/ports/audit-log';
import { toGuid, type Guid } from '../../../workflows/contract/account';

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

    it.each([{ round: 2 }, { step: 'fence' }, { target: 'export' }, { kind: 'result' }] as const)(
      'takes another effect for another one: %j',
      async (difference) => {
        await auditLog.append(intent, signal);

        expect(await auditLog.append({ ...intent, ...difference }, signal)).toMatchObject({ isNew: true });
      },
    );

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

/** The intent to erase the directory account of a closure. */
export function intentOf(closureId: Guid): NewAuditEntry {
  return { closureId, target: 'directory', step: 'erase', round: 1, kind: 'intent' };
}

/** The id of a closure that nobody has seen. */
export function newClosureId(): Guid {
  const closureId = toGuid(randomUUID());
  if (closureId === undefined) throw new TypeError('a UUID is no GUID');
  return closureId;
}
