import { describe, it, expect } from '@jest/globals';
import { AccountClosureError, createConfirmationToken, type Resolution, type WaitOptions } from '../../client';
import { closure } from '../support/cli';
import { CLOSURE_ID, RUN_ID, statusWith, WORKFLOW_ID } from '../support/observed-closures';

const TENANT = '0d8a2f6e-6f0c-4a57-9d0b-3f1f6a1c2b10';
const OBJECT = '5f1c0b2a-8d3e-4c6f-a1b2-c3d4e5f60718';
const PLAN = 'ab'.repeat(32);
const SINCE = '2026-02-01T00:00:00.000Z';

describe('closure request', () => {
  const request = ({ token }: { readonly token: string }) =>
    Promise.resolve({ started: true, workflowId: WORKFLOW_ID, runId: RUN_ID, closureId: CLOSURE_ID, token } as const);

  it('prints exactly the ids, the token and that it started', async () => {
    const token = createConfirmationToken();
    const argv = ['request', '--tenant', TENANT, '--object', OBJECT, '--token', token, '--json'];

    const { exitCode, stdout, stderr } = await closure(argv, { client: { request } });

    expect(JSON.parse(stdout)).toEqual({ workflowId: WORKFLOW_ID, closureId: CLOSURE_ID, token, started: true });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  });

  it('makes a token when there is none, and shows it once', async () => {
    const { stdout } = await closure(['request', '--tenant', TENANT, '--object', OBJECT], { client: { request } });

    expect(stdout).toMatch(/Token +[\w-]{43}\n/);
    expect(stdout).toContain('keep it');
    expect(stdout).toContain(`closure status ${CLOSURE_ID}`);
  });

  it('takes the token from standard input or from the environment', async () => {
    const token = createConfirmationToken();
    const argv = ['request', '--tenant', TENANT, '--object', OBJECT, '--json'];

    const fromInput = await closure([...argv, '--token', '-'], {
      client: { request },
      readStdin: () => Promise.resolve(`${token}\n`),
    });
    const fromEnvironment = await closure(argv, { client: { request }, env: { CLOSURE_TOKEN: token } });

    expect(JSON.parse(fromInput.stdout)).toMatchObject({ token });
    expect(JSON.parse(fromEnvironment.stdout)).toMatchObject({ token });
  });

  it('names the open closure of another request, without a token', async () => {
    const other = () =>
      Promise.resolve({ started: false, workflowId: WORKFLOW_ID, runId: RUN_ID, closureId: CLOSURE_ID } as const);

    const { exitCode, stdout } = await closure(['request', '--tenant', TENANT, '--object', OBJECT, '--json'], {
      client: { request: other },
    });

    expect(JSON.parse(stdout)).toEqual({ workflowId: WORKFLOW_ID, closureId: CLOSURE_ID, started: false });
    expect(exitCode).toBe(0);
  });

  it('does not lose the token that it made when the answer is lost', async () => {
    const lost = () => Promise.reject(new AccountClosureError('timed-out', 'No answer.'));

    const { exitCode, stderr } = await closure(['request', '--tenant', TENANT, '--object', OBJECT], {
      client: { request: lost },
    });

    expect(stderr).toMatch(/--token [\w-]{43}\n/);
    expect(exitCode).toBe(5);
  });
});

describe('closure wait', () => {
  const exporting = statusWith({ phase: 'exporting' });
  const wait = (_id: string, { onProgress }: WaitOptions = {}) => {
    const fault = new AccountClosureError('unavailable', 'Nobody answers.');
    onProgress?.({ kind: 'seen', status: exporting });
    onProgress?.({ kind: 'seen', status: exporting });
    onProgress?.({ kind: 'unseen', fault });
    onProgress?.({ kind: 'seen', status: statusWith({ phase: 'planning' }) });
    return Promise.reject(new AccountClosureError('needs-operator', 'A step waits.', { status: exporting }));
  };

  it('tells every change on standard error, and ends with what it last saw', async () => {
    const { exitCode, stdout, stderr } = await closure(['wait', CLOSURE_ID, '--or-attention', '--json'], {
      client: { wait },
    });

    expect(stderr.split('\n').slice(0, 3)).toEqual([
      "closure: exporting: saves the person's data",
      'closure: Nobody answers.',
      'closure: planning: finds out what is to be erased',
    ]);
    expect(JSON.parse(stdout)).toMatchObject({ phase: 'exporting', error: { code: 'needs-operator' } });
    expect(exitCode).toBe(3);
  });

  it('names its default and the phases in its help', async () => {
    const { stdout } = await closure(['wait', '--help']);

    expect(stdout).toContain('(default: 5m)');
    expect(stdout).toContain('checking, exporting, planning, awaitingConfirmation');
  });
});

describe('steering a closure from the command line', () => {
  it('reports what the person has decided', async () => {
    const asked: unknown[] = [];
    const report = (id: string, told: unknown) => {
      asked.push({ id, told });
      return Promise.resolve(statusWith({ export: { kind: 'declined', declinedAt: SINCE } }));
    };
    const token = createConfirmationToken();

    const { exitCode } = await closure(['report', CLOSURE_ID, '--step', 'export-declined', '--token', token], {
      client: { report },
    });

    expect(asked).toEqual([{ id: CLOSURE_ID, told: { token, step: 'export-declined' } }]);
    expect(exitCode).toBe(0);
  });

  it('says how to repeat an answer of which nobody knows whether it was taken', async () => {
    const resolve = () => Promise.reject(new AccountClosureError('timed-out', 'No answer.'));
    const argv = ['resolve', CLOSURE_ID, '--target', 'export', '--since', SINCE];

    const { exitCode, stderr } = await closure(argv, { client: { resolve } });

    expect(stderr).toContain(`Repeat it with --target export --since ${SINCE}\n`);
    expect(exitCode).toBe(5);
  });

  it('waits as long and for the phase that it is told', async () => {
    const asked: unknown[] = [];
    const wait = (id: string, { phase, timeoutMs }: { phase?: string; timeoutMs?: number } = {}) => {
      asked.push({ id, phase, timeoutMs });
      return Promise.resolve(statusWith({ phase: 'closed' }));
    };

    await closure(['wait', CLOSURE_ID, '--phase', 'closed', '--timeout', '2 minutes'], { client: { wait } });

    expect(asked).toEqual([{ id: CLOSURE_ID, phase: 'closed', timeoutMs: 120_000 }]);
  });

  it('confirms with a token that begins with a dash', async () => {
    const asked: unknown[] = [];
    const token = `-h${'A'.repeat(41)}`;
    const confirm = (_id: string, confirmation: unknown) => {
      asked.push(confirmation);
      return Promise.resolve(statusWith({ phase: 'erasing' }));
    };

    await closure(['confirm', CLOSURE_ID, '--token', token, '--plan', PLAN], { client: { confirm } });

    expect(asked).toEqual([{ token, planDigest: PLAN }]);
  });

  it('resolves the one step that waits', async () => {
    const asked: Resolution[] = [];
    const attention = [
      { target: 'export', fault: 'ExportFailed', since: SINCE, attempts: 3, text: 'A fixed text.' },
    ] as const;
    const resolve = (_id: string, resolution: Resolution) => {
      asked.push(resolution);
      return Promise.resolve(statusWith());
    };

    const { exitCode } = await closure(['resolve', CLOSURE_ID], {
      client: { resolve, status: () => Promise.resolve(statusWith({ attention })) },
    });
    const nothing = await closure(['resolve', CLOSURE_ID, '--json'], {
      client: { status: () => Promise.resolve(statusWith()) },
    });

    expect(asked).toEqual([{ target: 'export', action: 'retry', by: 'operator', since: SINCE }]);
    expect(exitCode).toBe(0);
    expect(nothing).toMatchObject({ exitCode: 3 });
    expect(JSON.parse(nothing.stdout)).toMatchObject({ error: { code: 'nothing-to-resolve' } });
  });
});
