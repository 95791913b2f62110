import { describe, expect, it } from '@jest/globals';
import type { AuditEntry } from '../../activities/ports/audit-log';
import { UnavailableError } from '../../activities/ports/faults';
import { closure } from '../support/cli';
import { CLOSURE_ID, RUN_ID, WORKFLOW_ID } from '../support/observed-closures';

describe('closure audit show', () => {
  const entry: AuditEntry = {
    sequence: 7,
    recordedAt: '2026-02-01T00:00:00.000Z',
    closureId: CLOSURE_ID,
    firstRunId: RUN_ID,
    target: 'directory',
    step: 'erase',
    round: 1,
    kind: 'result',
    outcome: { kind: 'erased', note: '\u001b[2J' },
  };

  it('prints a line an entry, of a closure id without asking Temporal', async () => {
    const auditLog = () => Promise.resolve({ list: () => Promise.resolve([entry, entry]) });

    const { stdout, exitCode } = await closure(['audit', 'show', CLOSURE_ID.toUpperCase(), '--json'], { auditLog });
    const lines = stdout.trimEnd().split('\n');

    expect(lines.map((line): unknown => JSON.parse(line))).toEqual([entry, entry]);
    expect(exitCode).toBe(0);
  });

  it('resolves a Workflow id through Temporal', async () => {
    const asked: string[] = [];
    const auditLog = () =>
      Promise.resolve({
        list: (closureId: string) => {
          asked.push(closureId);
          return Promise.resolve([entry]);
        },
      });
    const find = () => Promise.resolve({ workflowId: WORKFLOW_ID, runId: RUN_ID, closureId: CLOSURE_ID });

    const { stdout } = await closure(['audit', 'show', WORKFLOW_ID], { auditLog, client: { find } });

    expect(asked).toEqual([CLOSURE_ID]);
    expect(stdout).toContain('directory:erase  round 1  result');
    expect(stdout).not.toContain('\u001b');
  });

  it('says that the database is away', async () => {
    const auditLog = () =>
      Promise.resolve({ list: () => Promise.reject(new UnavailableError({ farEnd: 'audit-log' })) });

    const { exitCode, stdout } = await closure(['audit', 'show', CLOSURE_ID, '--json'], { auditLog });

    expect(exitCode).toBe(5);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'unavailable' } });
  });
});

describe('closure setup', () => {
  const nothing = { added: [], present: [], refused: [], mistyped: [], withoutRoom: [] };
  const attributes = { ...nothing, added: ['ClosureId'], present: ['ClosurePhase'] };
  const registerSearchAttributes = () => Promise.resolve(attributes);

  it('registers the search attributes, migrates the database and grants the role', async () => {
    const done: string[] = [];
    const database = () =>
      Promise.resolve({
        migrate: (url: string) => Promise.resolve(void done.push(`migrate ${url}`)),
        grant: (url: string, role: string) => Promise.resolve(void done.push(`grant ${url} ${role}`)),
      });
    const argv = ['setup', '--owner-url', 'postgresql://owner@db/closure', '--app-role', 'closure_app', '--json'];

    const { stdout } = await closure(argv, { client: { registerSearchAttributes }, database });

    expect(done).toEqual(['migrate postgresql://owner@db/closure', 'grant postgresql://owner@db/closure closure_app']);
    expect(JSON.parse(stdout)).toEqual({
      searchAttributes: { added: ['ClosureId'], present: ['ClosurePhase'] },
      database: { migrated: true, grantedTo: 'closure_app' },
    });
  });

  it('says what is wrong with attributes that cannot be used', async () => {
    const mistyped = [{ name: 'ClosureAttention', type: 'Keyword', wanted: 'KeywordList' }];
    const withoutRoom = [{ name: 'ClosureDueBy', wanted: 'Datetime', reason: 'Too many.' }];

    const { exitCode, stdout, stderr } = await closure(['setup', '--json'], {
      client: { registerSearchAttributes: () => Promise.resolve({ ...nothing, mistyped, withoutRoom }) },
    });

    expect(stderr).toContain('ClosureAttention is of the type Keyword, but has to be KeywordList');
    expect(stderr).toContain('ClosureDueBy (Datetime) finds no free slot: remove one. Too many.');
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'search-attributes-unusable' } });
    expect(exitCode).toBe(3);
  });

  it('prints the commands when the server does not let us register', async () => {
    const command = 'temporal operator search-attribute create --namespace n --name ClosureId --type Keyword';
    const refused = () => Promise.resolve({ ...nothing, refused: [{ name: 'ClosureId', command }] });

    const { exitCode, stdout, stderr } = await closure(['setup', '--json'], {
      client: { registerSearchAttributes: refused },
    });

    expect(exitCode).toBe(3);
    expect(stderr).toContain(`\n  ${command}\n`);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'search-attributes-missing' } });
  });
});
