import { describe, expect, it } from '@jest/globals';
import { runRecorded } from '../../activities/effects';
import { createFakeAuditLog } from '../support/fake-audit-log';
import { FakeWorld } from '../support/fake-world';
import { deleteInput, directoryInput, exportInput, FIRST_RUN_ID, CLOSURE_ID, PLAN_DIGEST } from '../support/inputs';

const world = new FakeWorld();
const { signal } = new AbortController();
const FENCED = { kind: 'fenced' };
const step = directoryInput(world, 2);
const HISTORY = { closureId: CLOSURE_ID, firstRunId: FIRST_RUN_ID };

const record = (
  auditLog: ReturnType<typeof createFakeAuditLog>,
  name: string,
  { input, outcome }: { readonly input: unknown; readonly outcome: unknown },
): Promise<unknown> => runRecorded(auditLog, { name, input, signal }, () => Promise.resolve(outcome));

describe('an effect', () => {
  it.each([
    {
      name: 'requestExport',
      input: exportInput(world, 2),
      outcome: { operationId: 'operation-1', container: 'export-1' },
      key: { ...HISTORY, target: 'export', step: 'request', round: 2 },
    },
    {
      name: 'fenceTarget',
      input: step,
      outcome: FENCED,
      key: { ...HISTORY, target: 'directory', step: 'fence', round: 2, planDigest: PLAN_DIGEST },
    },
    {
      name: 'eraseTarget',
      input: step,
      outcome: { kind: 'erased', count: 1, retained: [] },
      key: { ...HISTORY, target: 'directory', step: 'erase', round: 2, planDigest: PLAN_DIGEST },
    },
    {
      name: 'deleteExports',
      input: deleteInput(3),
      outcome: { kind: 'deleted', containers: 3 },
      key: { closureId: CLOSURE_ID, firstRunId: 'forget-run-1', target: 'export', step: 'delete', round: 3 },
    },
  ])('$name is recorded under history, target, step and round, and never under the account', async (effect) => {
    const auditLog = createFakeAuditLog();

    await expect(record(auditLog, effect.name, effect)).resolves.toEqual(effect.outcome);

    const { key, outcome } = effect;
    expect(auditLog.entries.map(({ sequence, recordedAt, ...entry }) => entry)).toEqual([
      { ...key, kind: 'intent' },
      { ...key, kind: 'result', outcome },
    ]);
  });

  it.each([
    [{ kind: 'absent', retained: [] }],
    [
      {
        kind: 'stopped',
        reason: 'account-gone',
        signIn: 'unknown',
        done: ['soft-delete'],
        isPastPointOfNoReturn: true,
      },
    ],
  ])('is answered what was recorded: %j', async (outcome) => {
    const auditLog = createFakeAuditLog();
    await record(auditLog, 'eraseTarget', { input: step, outcome });

    const again = record(auditLog, 'eraseTarget', { input: step, outcome: { kind: 'erased', count: 9, retained: [] } });

    await expect(again).resolves.toEqual(outcome);
  });

  it('answers what another attempt recorded meanwhile, not what it found itself', async () => {
    const auditLog = createFakeAuditLog();

    const late = runRecorded(auditLog, { name: 'eraseTarget', input: step, signal }, async () => {
      await record(auditLog, 'eraseTarget', { input: step, outcome: { kind: 'erased', count: 5, retained: [] } });
      return { kind: 'absent', retained: [] };
    });

    await expect(late).resolves.toEqual({ kind: 'erased', count: 5, retained: [] });
  });

  it.each([
    ['eraseTarget', step, { kind: 'ended-before', ending: 'withdrawn' }],
    ['eraseTarget', step, { kind: 'unsupported' }],
    ['deleteExports', deleteInput(), { kind: 'closure-goes-on' }],
  ])('has no result when nothing was done: the next attempt of %s asks anew', async (name, input, outcome) => {
    const auditLog = createFakeAuditLog();

    await expect(record(auditLog, name, { input, outcome })).resolves.toEqual(outcome);

    expect(auditLog.entries.map(({ kind }) => kind)).toEqual(['intent']);
    const done = { kind: name === 'eraseTarget' ? 'absent' : 'deleted', containers: 0 };
    await expect(record(auditLog, name, { input, outcome: done })).resolves.toEqual(done);
  });

  it('does not fail after it was done because its outcome is a new one to this version', async () => {
    const outcome = { kind: 'erased-by-a-newer-version', count: 1 };

    await expect(record(createFakeAuditLog(), 'eraseTarget', { input: step, outcome })).resolves.toEqual(outcome);
  });

  it('is not done again when its recorded result cannot be read: that cannot be told', async () => {
    const auditLog = createFakeAuditLog();
    await record(auditLog, 'eraseTarget', { input: step, outcome: { kind: 'erased-by-a-newer-version' } });

    const again = record(auditLog, 'eraseTarget', { input: step, outcome: { kind: 'erased', count: 1, retained: [] } });

    await expect(again).rejects.toMatchObject({ kind: 'indeterminate', farEnd: 'audit-log' });
  });

  it.each([
    undefined,
    {},
    { ...step, closureId: 'ada' },
    { ...step, firstRunId: '' },
    { ...step, round: 0 },
    { ...step, round: 1.5 },
  ])('is not begun when its input is %j: nothing is done that cannot be named', async (input) => {
    const auditLog = createFakeAuditLog();
    let isDone = false;

    const begun = runRecorded(auditLog, { name: 'fenceTarget', input, signal }, () => {
      isDone = true;
      return Promise.resolve(FENCED);
    });

    await expect(begun).rejects.toThrow();
    expect(isDone).toBe(false);
    expect(auditLog.entries).toEqual([]);
  });
});

describe('an Activity that is no effect', () => {
  it.each([
    'checkEligibility',
    'awaitExport',
    'checkExport',
    'planErasure',
    'planAgain',
    'verifyTarget',
    'recordEnding',
    'arrangeForgetting',
  ])('leaves no intent and no result: %s', async (name) => {
    const auditLog = createFakeAuditLog();

    await expect(record(auditLog, name, { input: step, outcome: 'anything' })).resolves.toBe('anything');

    expect(auditLog.entries).toEqual([]);
  });

  it('is not run when nobody has declared it', async () => {
    const begun = record(createFakeAuditLog(), 'eraseEverybody', { input: step, outcome: FENCED });

    await expect(begun).rejects.toThrow('declared');
  });
});
