import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createPostgresAuditLog } from '../../../activities/adapters/audit-log/postgres';
import { createDatabase, type Database } from '../../../activities/adapters/database/database';
import { createPostgresTurns } from '../../../activities/adapters/turns/postgres';
import type { AuditLog, HistoryRef } from '../../../activities/ports/audit-log';
import type { Passage, Turns } from '../../../activities/ports/turns';
import { startDeafProxy, type DeafProxy } from '../../support/deaf-proxy';
import { holdLock, untilSomebodyWaits } from '../../support/held-locks';
import { createReadyDatabase, queryAs, type OwnDatabaseWithRole } from '../../support/own-database';
import { intentOf, newClosureId } from '../ports/audit-log.contract';

const serverUrl = process.env['TEST_DATABASE_URL'];
const describeOnServer = serverUrl === undefined ? describe.skip : describe;
const { signal } = new AbortController();
setMaxListeners(0, signal);

const newHistory = (): HistoryRef => ({ closureId: newClosureId(), firstRunId: randomUUID() });
const attemptOf = (closure: HistoryRef): Passage => ({
  ...closure,
  attemptId: randomUUID(),
  planDigest: 'd'.repeat(64),
  knownTurn: 0,
});

describeOnServer('writing on a PostgreSQL server', () => {
  let own: OwnDatabaseWithRole;
  let database: Database;
  let auditLog: AuditLog;
  let turns: Turns;
  let proxy: DeafProxy;
  let lossy: Database;

  beforeAll(async () => {
    own = await createReadyDatabase(serverUrl ?? '');
    database = createDatabase(own.appUrl, { maxConnections: 50 });
    auditLog = createPostgresAuditLog(database);
    turns = createPostgresTurns(database);
    proxy = await startDeafProxy(own.appUrl);
    lossy = createDatabase(proxy.url);
  });
  afterAll(async () => {
    await Promise.all([database.close(), lossy.close()]);
    await proxy.close();
    await own.drop();
  });

  const kindsOf = async ({ closureId, firstRunId }: HistoryRef): Promise<readonly unknown[]> =>
    await queryAs(
      own.url,
      `SELECT number, kind FROM account_closure.turn
       WHERE closure_id = '${closureId}' AND first_run_id = '${firstRunId}' ORDER BY number`,
    );

  it('leaves one row of fifty who write the same entry at once', async () => {
    const intent = intentOf(newClosureId());

    const answers = await Promise.all(Array.from({ length: 50 }, () => auditLog.append(intent, signal)));

    expect(answers.filter(({ isNew }) => isNew)).toHaveLength(1);
    expect(new Set(answers.map(({ entry }) => JSON.stringify(entry))).size).toBe(1);
    expect(await auditLog.list(intent.closureId, signal)).toHaveLength(1);
  });

  it('leaves one row when the answer is lost after the commit and the caller tries again', async () => {
    const intents = Array.from({ length: 10 }, () => intentOf(newClosureId()));

    for (const intent of intents) {
      const answersLost = proxy.loseNextAnswer('INSERT INTO account_closure.audit_entry');
      await expect(createPostgresAuditLog(lossy).append(intent, signal)).rejects.toMatchObject({
        name: 'UnavailableError',
        detail: { code: 'connection-lost' },
      });
      await answersLost;
      expect(await createPostgresAuditLog(lossy).append(intent, signal)).toMatchObject({ isNew: false });
    }

    const counts = await Promise.all(intents.map(({ closureId }) => auditLog.list(closureId, signal)));
    expect(counts.map((entries) => entries.length)).toStrictEqual(intents.map(() => 1));
  });

  it.each([1, 2, 3, 4, 5])('decides once between twenty-five who pass and twenty-five who end (%i)', async () => {
    const closure = newHistory();

    const [passed, ended] = await Promise.all([
      Promise.all(Array.from({ length: 25 }, () => turns.pass(attemptOf(closure), signal))),
      Promise.all(Array.from({ length: 25 }, () => turns.end(closure, 'withdrawn', signal))),
    ]);

    const last = await turns.last(closure, signal);
    const answers = [new Set(passed.map(({ kind }) => kind)), new Set(ended)].map((kinds) => [...kinds]);
    expect(answers).toStrictEqual(
      last?.kind === 'erase' ? [['passed'], ['erasure-has-begun']] : [['ended'], ['recorded']],
    );
  });

  it('takes no ending of a closure that one of fifty attempts may have changed', async () => {
    const closure = newHistory();
    let mayHaveChanged = false;
    const act = async (number: number): Promise<string> => {
      const passage = attemptOf(closure);
      if ((await turns.pass(passage, signal)).kind === 'ended') return 'ended';
      // Two out of three are refused by the far end.
      if (number % 3 === 0) mayHaveChanged = true;
      else await turns.reopen(passage, signal);
      return mayHaveChanged ? await turns.end(closure, 'withdrawn', signal) : 'passed';
    };

    const answers = await Promise.all(Array.from({ length: 50 }, (_, number) => act(number)));

    expect(answers).not.toContain('recorded');
    expect(await turns.last(closure, signal)).toMatchObject({ kind: 'erase' });
  });

  it('takes a passage back when its answer was lost, so that a withdrawal is not refused for ever', async () => {
    const closure = newHistory();
    const answersLost = proxy.loseNextAnswer('INSERT INTO account_closure.turn');

    await expect(createPostgresTurns(lossy).pass(attemptOf(closure), signal)).rejects.toMatchObject({
      name: 'UnavailableError',
      detail: { operation: 'turns.pass', code: 'connection-lost' },
    });
    await answersLost;

    expect(await kindsOf(closure)).toStrictEqual([
      { number: 1, kind: 'erase' },
      { number: 2, kind: 'reopened' },
    ]);
    expect(await turns.end(closure, 'withdrawn', signal)).toBe('recorded');
  });

  it('takes a passage back when its attempt was cancelled meanwhile', async () => {
    const closure = newHistory();
    const cancelled = new AbortController();
    const release = await holdLock(own.url, 'account_closure.turn IN SHARE MODE');
    const passing = createPostgresTurns(database).pass(attemptOf(closure), cancelled.signal);
    await untilSomebodyWaits(own.url);

    cancelled.abort(new Error('cancelled'));
    await release();

    await expect(passing).rejects.toThrow('cancelled');
    expect(await kindsOf(closure)).toStrictEqual([
      { number: 1, kind: 'erase' },
      { number: 2, kind: 'reopened' },
    ]);
  });

  it('opens nothing when the passage was that of another attempt and its answer is lost', async () => {
    const closure = newHistory();
    await turns.pass(attemptOf(closure), signal);
    const answersLost = proxy.loseNextAnswer('INSERT INTO account_closure.turn');

    await expect(createPostgresTurns(lossy).pass(attemptOf(closure), signal)).rejects.toMatchObject({
      name: 'UnavailableError',
    });
    await answersLost;

    expect(await turns.end(closure, 'withdrawn', signal)).toBe('erasure-has-begun');
  });

  it('records an ending, and opens the way back, when the answer is lost and the caller tries again', async () => {
    const closure = newHistory();
    const passage = attemptOf(closure);
    await turns.pass(passage, signal);
    const retried = createPostgresTurns(lossy);

    for (const work of [() => retried.reopen(passage, signal), () => retried.end(closure, 'withdrawn', signal)]) {
      const answersLost = proxy.loseNextAnswer('INSERT INTO account_closure.turn');
      await expect(work()).rejects.toMatchObject({ name: 'UnavailableError' });
      await answersLost;
      await work();
    }

    expect((await kindsOf(closure)).slice(0, 3)).toStrictEqual([
      { number: 1, kind: 'erase' },
      { number: 2, kind: 'reopened' },
      { number: 3, kind: 'withdrawn' },
    ]);
  });
});
