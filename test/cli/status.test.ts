import { describe, it, expect } from '@jest/globals';
import { AccountClosureError, workflowIdOf } from '../../client';
import { closure } from '../support/cli';
import { savedOf, storageOf } from '../support/memory-storage';
import { CLOSURE_ID, LAST_KNOWN, RUN_ID, statusWith, WORKFLOW_ID } from '../support/observed-closures';

const TENANT = '0d8a2f6e-6f0c-4a57-9d0b-3f1f6a1c2b10';
const OBJECT = '5f1c0b2a-8d3e-4c6f-a1b2-c3d4e5f60718';
const PLAN = 'ab'.repeat(32);
const SINCE = '2026-02-01T00:00:00.000Z';

describe('closure status', () => {
  it('prints the status object and nothing else', async () => {
    const status = statusWith({ phase: 'awaitingConfirmation' });

    const { stdout, stderr } = await closure(['status', CLOSURE_ID, '--json'], {
      client: { status: () => Promise.resolve(status) },
    });

    expect(JSON.parse(stdout)).toEqual(status);
    expect(stdout.endsWith('}\n')).toBe(true);
    expect(stderr).toBe('');
  });

  it('adds the names of the exported files when storage can be read', async () => {
    const files = { 'Ada/signins.json': '[]', 'profile.json': '{"a":1}' };
    const status = statusWith({ export: savedOf(files) });

    const { stdout } = await closure(['status', CLOSURE_ID, '--json'], {
      client: { status: () => Promise.resolve(status) },
      storage: () => Promise.resolve(storageOf(files)),
    });

    expect(JSON.parse(stdout)).toMatchObject({
      export: {
        files: [
          { name: 'Ada/signins.json', sizeBytes: 2 },
          { name: 'profile.json', sizeBytes: 7 },
        ],
      },
    });
  });

  it('leaves the names out, and says so, when storage holds something else', async () => {
    const status = statusWith({ export: savedOf({ 'a.json': '[]' }) });

    const { exitCode, stdout, stderr } = await closure(['status', CLOSURE_ID, '--json'], {
      client: { status: () => Promise.resolve(status) },
      storage: () => Promise.resolve(storageOf({ 'a.json': '[]', 'b.json': '[]' })),
    });

    expect(JSON.parse(stdout)).toEqual(status);
    expect(stderr).toContain('left out');
    expect(exitCode).toBe(0);
  });

  it('tells people what it waits for, what to type next and where to look', async () => {
    const status = statusWith({
      phase: 'awaitingConfirmation',
      activities: [{ name: 'awaitExport', attempt: 4, lastFault: 'ExportRunning' }],
    });

    const { stdout } = await closure(['status', CLOSURE_ID], { client: { status: () => Promise.resolve(status) } });

    expect(stdout).toContain("awaitingConfirmation: waits for the person's confirmation");
    expect(stdout).toContain(`closure confirm ${CLOSURE_ID} --token - --plan ${PLAN}`);
    expect(stdout).toContain('awaitExport: attempt 4, last fault ExportRunning');
    expect(stdout).toContain(`http://localhost:8233/namespaces/default/workflows/${WORKFLOW_ID}/${RUN_ID}/timeline`);
  });

  it('finds a closure by its account', async () => {
    const asked: string[] = [];
    const status = (id: string) => {
      asked.push(id);
      return Promise.resolve(statusWith());
    };

    const byAccount = await closure(['status', '--tenant', TENANT.toUpperCase(), '--object', OBJECT], {
      client: { status },
    });
    const both = await closure(['status', CLOSURE_ID, '--tenant', TENANT], { client: { status } });

    expect(asked).toEqual([workflowIdOf({ tenantId: TENANT, objectId: OBJECT })]);
    expect(byAccount.exitCode).toBe(0);
    expect(both.exitCode).toBe(2);
  });

  it('prints what the server knows when no worker answers', async () => {
    const lastKnown = {
      ...LAST_KNOWN,
      attention: ['export:ExportFailed'],
      activities: [{ name: 'awaitExport', attempt: 4 }],
    };
    const status = () =>
      Promise.reject(new AccountClosureError('unavailable', 'No worker has answered.', { lastKnown }));

    const plain = await closure(['status', CLOSURE_ID], { client: { status } });
    const json = await closure(['status', CLOSURE_ID, '--json'], { client: { status } });

    expect(plain.exitCode).toBe(5);
    expect(plain.stderr).toBe('closure: No worker has answered. (unavailable)\n');
    for (const shown of ['exporting', 'export:ExportFailed', 'awaitExport: attempt 4', LAST_KNOWN.dueBy]) {
      expect(plain.stdout).toContain(shown);
    }
    expect(JSON.parse(json.stdout)).toEqual({
      lastKnown,
      error: { code: 'unavailable', message: 'No worker has answered.' },
    });
  });

  it('names what an operator has to ask for', async () => {
    const attention = [
      {
        target: 'directory',
        fault: 'AccessDenied',
        since: SINCE,
        attempts: 9,
        operation: 'directory.block-sign-in',
        code: 'Authorization_RequestDenied',
        status: 403,
        requestId: 'req-1',
        text: 'The directory denies access.',
      },
    ] as const;
    const status = statusWith({ phase: 'erasing', attention });

    const { stdout } = await closure(['status', CLOSURE_ID], { client: { status: () => Promise.resolve(status) } });

    expect(stdout).toContain(
      `directory: AccessDenied at directory.block-sign-in, code Authorization_RequestDenied, HTTP 403, request req-1 since ${SINCE}, after 9 attempts`,
    );
  });

  it.each([
    ['can be withdrawn', statusWith({ phase: 'erasing' }), 'not yet: it can still be withdrawn'],
    ['cannot any more', statusWith({ phase: 'verifying', pointOfNoReturnAt: SINCE }), `since ${SINCE}`],
  ])('tells whether the closure %s', async (_what, status, expected) => {
    const { stdout } = await closure(['status', CLOSURE_ID], { client: { status: () => Promise.resolve(status) } });

    expect(stdout).toMatch(new RegExp(`No way back +${expected}`));
  });

  const kept = { ...savedOf({ 'a.json': '[]' }), keptUntil: '2126-02-01T00:00:00.000Z' };
  it.each([
    [statusWith({ phase: 'planning', export: savedOf({ 'a.json': '[]' }) }), '1 file, 2 B; can be downloaded'],
    [statusWith({ phase: 'closed', export: kept }), '1 file, 2 B; can be downloaded until 2126-02-01T00:00:00.000Z'],
    [statusWith({ phase: 'closed', export: { ...kept, keptUntil: SINCE } }), `1 file, 2 B; deleted ${SINCE}`],
    [statusWith({ phase: 'withdrawn', export: savedOf({ 'a.json': '[]' }) }), '1 file, 2 B; deleted'],
    [
      statusWith({ export: { kind: 'declined', declinedAt: SINCE } }),
      `declined ${SINCE}: the person goes on without one`,
    ],
  ])('is true about the export', async (status, expected) => {
    const { stdout } = await closure(['status', CLOSURE_ID], { client: { status: () => Promise.resolve(status) } });

    expect(/^Export +(.*)$/m.exec(stdout)?.[1]).toBe(expected);
    expect(stdout.includes('closure export')).toBe(status.phase === 'closed' && expected.includes('until'));
  });

  it('explains its counts: the account is erased, and what hangs on it goes with it', async () => {
    const status = statusWith({
      phase: 'closed',
      targets: [{ name: 'directory', kind: 'directory', state: 'verified', erasedCount: 1 }],
    });

    const { stdout } = await closure(['status', CLOSURE_ID], { client: { status: () => Promise.resolve(status) } });

    expect(stdout).toContain(
      'directory: deletes account 1; with it go memberships 12; stays with the provider: directory-audit-logs',
    );
    expect(stdout).toContain('directory: verified, 1 erased by us; with it went memberships 12');
  });

  it('says what is true of a closure that was just confirmed', async () => {
    const confirmation = { planDigest: PLAN, signature: 'A'.repeat(86) };
    const confirm = () =>
      Promise.resolve(statusWith({ phase: 'awaitingConfirmation', confirmation, confirmedAt: SINCE }));

    const { stdout } = await closure(['confirm', CLOSURE_ID, '--plan', PLAN, '--token', 'A'.repeat(43)], {
      client: { confirm },
    });

    expect(stdout).not.toContain("waits for the person's confirmation");
    expect(stdout).not.toContain('closure confirm');
  });

  it('guesses no Web UI of a server that is elsewhere', async () => {
    const surroundings = {
      client: { status: () => Promise.resolve(statusWith()) },
      temporal: () => ({ address: 'temporal.example:7233', namespace: 'closures' }),
    };

    const unknown = await closure(['status', CLOSURE_ID], surroundings);
    const told = await closure(['status', CLOSURE_ID], {
      ...surroundings,
      env: { TEMPORAL_UI_URL: 'https://ui.example/' },
    });

    expect(unknown.stdout).not.toContain('Web UI');
    expect(told.stdout).toContain('https://ui.example/namespaces/closures/workflows/');
  });
});
