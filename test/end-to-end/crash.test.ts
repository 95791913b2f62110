import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createPostgresAuditLog } from '../../activities/adapters/audit-log/postgres';
import { createDatabase } from '../../activities/adapters/database/database';
import type { ObservedClosure } from '../../client';
import type { Faults } from '../../sandbox/entra/faults';
import {
  addSomebody,
  confirm,
  FIRST_START_MS,
  request,
  startRealParts,
  untilPhase,
  type RealParts,
  type RequestedByTest,
} from '../support/real-parts';
import { guid } from '../support/guid';
import { until } from '../support/until';

/** Where the worker is when it is killed: nothing is heard of the request, before or after its effect. */
interface KillPoint {
  readonly when: string;
  readonly hold?: 'hang' | 'holdAnswer';
  readonly method?: string;
  /** Behind `/v1.0`, with the object id of the person. */
  readonly path?: (objectId: string) => string;
  readonly isConfirmedBefore?: true;
  /** Switched on only when the account is about to be purged. */
  readonly isLate?: true;
}

const user = (objectId: string): string => `/users/${objectId}$`;
const revocation = (objectId: string): string => `/users/${objectId}/revokeSignInSessions`;
const deleted = (objectId: string): string => `/directory/deletedItems/${objectId}$`;
const exportRequest = (objectId: string): string => `/users/${objectId}/exportPersonalData`;
const read = (objectId: string): string => `/users/${objectId}\\?`;

const AWAITING = 'it waits for the confirmation';
const POINTS: readonly KillPoint[] = [
  { when: 'it checks the account', hold: 'hang', method: 'GET', path: read },
  { when: 'the export is about to be requested', hold: 'hang', method: 'POST', path: exportRequest },
  { when: 'the export was requested and not yet answered', hold: 'holdAnswer', method: 'POST', path: exportRequest },
  { when: 'it plans', hold: 'hang', method: 'GET', path: (objectId) => `/users/${objectId}/memberOf` },
  { when: AWAITING },
  ...(['PATCH', 'DELETE'] as const).flatMap((method) => [
    {
      when: `${method} of the user is about to act`,
      hold: 'hang',
      method,
      path: user,
      isConfirmedBefore: true,
    } as const,
    {
      when: `${method} of the user has acted`,
      hold: 'holdAnswer',
      method,
      path: user,
      isConfirmedBefore: true,
    } as const,
  ]),
  { when: 'the revocation is about to act', hold: 'hang', method: 'POST', path: revocation, isConfirmedBefore: true },
  { when: 'the revocation has acted', hold: 'holdAnswer', method: 'POST', path: revocation, isConfirmedBefore: true },
  { when: 'the purge is about to act', hold: 'hang', method: 'DELETE', path: deleted, isConfirmedBefore: true },
  { when: 'the purge has acted', hold: 'holdAnswer', method: 'DELETE', path: deleted, isConfirmedBefore: true },
  { when: 'it verifies', hold: 'hang', method: 'GET', path: read, isConfirmedBefore: true, isLate: true },
];

const EVERY_EFFECT_ONCE = [
  ...['export:request', 'directory:fence', 'directory:erase'].flatMap((effect) => [
    `${effect} intent`,
    `${effect} result`,
  ]),
  'directory:verify result',
];

// The longest wait is for a read that was under way: it is given two minutes before it is tried again.
const ENDS_WITHIN_MS = 4 * 60_000;

describe('a worker that is killed', () => {
  let parts: RealParts;
  const ends = new Map<string, unknown>();
  let confirmationTookMs = Number.POSITIVE_INFINITY;

  beforeAll(async () => {
    parts = await startRealParts();
    const worker = await parts.startWorker();
    const closures = await Promise.all(POINTS.map(async (point) => ({ point, closure: await bring(parts, point) })));

    await worker.kill();
    parts.entra.faults.clear();
    await parts.startWorker();

    const waiting = closures.find(({ point }) => point.when === AWAITING);
    const begun = performance.now();
    if (waiting !== undefined) await confirm(parts, waiting.closure);
    confirmationTookMs = performance.now() - begun;
    await Promise.all(
      closures.map(async ({ point, closure }) => {
        ends.set(point.when, await endOf(parts, closure).catch(String));
      }),
    );
  }, FIRST_START_MS);

  afterAll(async () => {
    await parts.close();
  });

  it.each(POINTS)('changes nothing about the end when $when', ({ when }) => {
    expect(ends.get(when)).toEqual({
      outcome: 'closed',
      targets: [
        { name: 'directory', kind: 'directory', state: 'verified', erasedCount: 1, rounds: 1, grade: 're-read' },
      ],
      attention: [],
      isPurged: true,
      exportsMade: 1,
      isExportComplete: true,
      auditEntries: EVERY_EFFECT_ONCE,
    });
  });

  it('does not hold up a confirmation that is sent right after the restart', () => {
    expect(confirmationTookMs).toBeLessThan(5_000);
  });
});

/** Brings a closure of somebody to the point. */
async function bring(parts: RealParts, point: KillPoint): Promise<RequestedByTest> {
  const person = addSomebody(parts);
  const isHeld = holdAt(parts.entra.faults, point, person.objectId);
  const closure = await request(parts, person);
  if (point.isConfirmedBefore) await confirm(parts, closure);
  if (point.when === AWAITING) await untilPhase(parts, closure, 'awaitingConfirmation');
  else await until(() => isHeld() && hasHappened(parts, point, person.objectId), Boolean);
  return closure;
}

/** Switches the fault on. Answers whether it has hit. */
function holdAt(faults: Faults, { hold, method = 'GET', path, isLate }: KillPoint, objectId: string): () => boolean {
  if (hold === undefined || path === undefined) return () => false;
  let isHeld = false;
  const where = { method, path: new RegExp(path(objectId)), times: Number.POSITIVE_INFINITY };
  const switchOn = (): void => {
    faults.add({
      ...where,
      kind: 'before',
      run: () => {
        isHeld = true;
      },
    });
    faults.add({ ...where, kind: hold, ms: 600_000 });
  };
  if (isLate) faults.add({ method: 'DELETE', path: new RegExp(deleted(objectId)), kind: 'before', run: switchOn });
  else switchOn();
  return () => isHeld;
}

/** The request for an export is acted on some moments after it has come in; all others at once. */
function hasHappened({ entra }: RealParts, { hold, path }: KillPoint, objectId: string): boolean {
  if (hold !== 'holdAnswer' || path !== exportRequest) return true;
  return entra.world.exports.some(({ userId }) => userId === objectId);
}

/** What there is in the end, at the far ends themselves. */
async function endOf(parts: RealParts, closure: RequestedByTest): Promise<unknown> {
  const { world } = parts.entra;
  const { objectId } = closure.person;
  const status = await until(
    () => confirmIfAsked(parts, closure),
    ({ outcome }) => outcome !== undefined,
    ENDS_WITHIN_MS,
  );
  const { outcome, targets, attention } = status;
  const expected = world
    .exportFilesOf(objectId)
    .map(({ content }) => createHash('sha256').update(content).digest('hex'));
  const recorded = (status.export?.kind === 'saved' ? status.export.files : []).map(({ sha256 }) => sha256);
  return {
    outcome,
    targets,
    attention,
    isPurged: world.isPurged(objectId),
    exportsMade: world.exports.filter(({ userId }) => userId === objectId).length,
    isExportComplete: expected.toSorted().join() === recorded.toSorted().join(),
    auditEntries: await auditEntriesOf(parts, closure),
  };
}

async function confirmIfAsked(parts: RealParts, closure: RequestedByTest): Promise<ObservedClosure> {
  const status = await parts.client.status(closure.workflowId);
  const isAsked = status.phase === 'awaitingConfirmation' && status.confirmation === undefined;
  return isAsked ? confirm(parts, closure) : status;
}

async function auditEntriesOf({ environment }: RealParts, { closureId }: RequestedByTest): Promise<readonly string[]> {
  const database = createDatabase(environment['DATABASE_URL'] ?? '');
  try {
    const entries = await createPostgresAuditLog(database).list(guid(closureId), AbortSignal.timeout(10_000));
    // Decisions and single calls have entries of other kinds, and the plan is the closure's own.
    const ofEffects = entries.filter(({ target, kind }) => target !== 'closure' && ['intent', 'result'].includes(kind));
    return ofEffects.map(({ target, step, kind }) => `${target}:${step} ${kind}`);
  } finally {
    await database.close();
  }
}
