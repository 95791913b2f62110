import { describe, expect, it } from '@jest/globals';
import { runRecorded } from '../../activities/effects';
import { createFakeAuditLog } from '../support/fake-audit-log';
import { FakeWorld } from '../support/fake-world';
import { CLOSURE_ID, directoryInput, PLAN_DIGEST } from '../support/inputs';

const { person } = new FakeWorld();
const { signal } = new AbortController();
const FENCED = { kind: 'fenced' };

const record = (
  auditLog: ReturnType<typeof createFakeAuditLog>,
  name: string,
  { input, outcome }: { readonly input: unknown; readonly outcome: unknown },
): Promise<unknown> => runRecorded(auditLog, { name, input, signal }, () => Promise.resolve(outcome));

const step = { closureId: CLOSURE_ID, account: person, round: 2, target: 'directory', planDigest: PLAN_DIGEST };

describe('an effect', () => {
  it.each([
    {
      name: 'requestExport',
      input: { closureId: CLOSURE_ID, account: person, round: 2 },
      outcome: { operationId: 'operation-1', container: 'export-1' },
      key: { closureId: CLOSURE_ID, target: 'export', step: 'request', round: 2 },
    },
    {
      name: 'fenceTarget',
      input: step,
      outcome: FENCED,
      key: { closureId: CLOSURE_ID, target: 'directory', step: 'fence', round: 2, planDigest: PLAN_DIGEST },
    },
    {
      name: 'eraseTarget',
      input: step,
      outcome: { kind: 'erased', count: 1 },
      key: { closureId: CLOSURE_ID, target: 'directory', step: 'erase', round: 2, planDigest: PLAN_DIGEST },
    },
    {
      name: 'deleteExports',
      input: { closureId: CLOSURE_ID },
      outcome: { deletedContainers: 3 },
      key: { closureId: CLOSURE_ID, target: 'export', step: 'delete', round: 1 },
    },
  ])('$name is recorded under closure, target, step and round, and never under the account', async (effect) => {
    const auditLog = createFakeAuditLog();

    await expect(record(auditLog, effect.name, effect)).resolves.toEqual(effect.outcome);

    const { key, outcome } = effect;
    expect(auditLog.entries.map(({ sequence, recordedAt, ...entry }) => entry)).toEqual([
      { ...key, kind: 'intent' },
      { ...key, kind: 'result', outcome },
    ]);
  });

  it.each([
    [{ kind: 'absent' }],
    [{ kind: 'unsupported' }],
    [{ kind: 'stopped', reason: 'account-gone', signIn: 'unknown', done: ['soft-delete'] }],
  ])('may end as %j', async (outcome) => {
    await expect(record(createFakeAuditLog(), 'eraseTarget', { input: step, outcome })).resolves.toEqual(outcome);
  });

  it('is told whether an earlier attempt began it', async () => {
    const auditLog = createFakeAuditLog();
    const told: boolean[] = [];
    const perform = ({ isResumed }: { readonly isResumed: boolean }): Promise<unknown> => {
      told.push(isResumed);
      return told.length === 1 ? Promise.reject(new Error('killed')) : Promise.resolve(FENCED);
    };
    const run = (): Promise<unknown> => runRecorded(auditLog, { name: 'fenceTarget', input: step, signal }, perform);

    await expect(run()).rejects.toThrow('killed');
    await expect(run()).resolves.toEqual(FENCED);

    expect(told).toEqual([false, true]);
  });

  it('answers what another attempt recorded meanwhile, not what it found itself', async () => {
    const auditLog = createFakeAuditLog();

    const late = runRecorded(auditLog, { name: 'eraseTarget', input: step, signal }, async () => {
      await record(auditLog, 'eraseTarget', { input: step, outcome: { kind: 'erased', count: 5 } });
      return { kind: 'absent' };
    });

    await expect(late).resolves.toEqual({ kind: 'erased', count: 5 });
  });

  it('keeps what it does not know of an outcome out of the audit log', async () => {
    const auditLog = createFakeAuditLog();
    const outcome = { kind: 'erased', count: 1, address: 'ada@analytical.example' };

    await record(auditLog, 'eraseTarget', { input: step, outcome });

    expect(JSON.stringify(auditLog.entries)).not.toContain('analytical');
  });

  it.each([undefined, null, {}, { kind: 'done' }, { kind: 'erased' }, { kind: 'erased', count: 'one' }])(
    'has no result when its outcome is %j: there is no default success',
    async (outcome) => {
      const auditLog = createFakeAuditLog();

      await expect(record(auditLog, 'eraseTarget', { input: step, outcome })).rejects.toThrow();

      expect(auditLog.entries.map(({ kind }) => kind)).toEqual(['intent']);
    },
  );

  it.each([undefined, {}, { ...step, closureId: 'ada' }, { ...step, round: 0 }, { ...step, round: 1.5 }])(
    'is not begun when its input is %j: nothing is done that cannot be named',
    async (input) => {
      const auditLog = createFakeAuditLog();
      let isDone = false;

      const begun = runRecorded(auditLog, { name: 'fenceTarget', input, signal }, () => {
        isDone = true;
        return Promise.resolve(FENCED);
      });

      await expect(begun).rejects.toThrow();
      expect(isDone).toBe(false);
      expect(auditLog.entries).toEqual([]);
    },
  );
});

describe('an Activity that only reads', () => {
  it.each(['checkEligibility', 'awaitExport', 'planErasure', 'verifyTarget', 'arrangeForgetting'])(
    'leaves no entry: %s',
    async (name) => {
      const auditLog = createFakeAuditLog();
      const input = directoryInput(new FakeWorld());

      await expect(record(auditLog, name, { input, outcome: 'anything' })).resolves.toBe('anything');

      expect(auditLog.entries).toEqual([]);
    },
  );
});
