import { describe, it, expect } from '@jest/globals';
import { AccountClosureError, type ErrorCode } from '../../client';
import { closure } from '../support/cli';
import { CLOSURE_ID } from '../support/observed-closures';

const TENANT = '0d8a2f6e-6f0c-4a57-9d0b-3f1f6a1c2b10';
const PLAN = 'ab'.repeat(32);

describe('exit codes', () => {
  const cases: readonly (readonly [ErrorCode, number])[] = [
    ['invalid-argument', 2],
    ['invalid-token', 2],
    ['wrong-token', 3],
    ['stale-plan', 3],
    ['not-awaiting-confirmation', 3],
    ['past-point-of-no-return', 3],
    ['other-outcome', 3],
    ['needs-operator', 3],
    ['window-over', 3],
    ['not-exporting', 3],
    ['repeated-too-often', 3],
    ['invalid-configuration', 2],
    ['defect', 1],
    ['closure-terminated', 3],
    ['no-such-closure', 4],
    ['unavailable', 5],
    ['timed-out', 5],
  ];

  it.each(cases)('tell %s as %d, with the code as JSON and a line for people', async (code, expected) => {
    const status = () => Promise.reject(new AccountClosureError(code, 'A fixed sentence.'));

    const { exitCode, stdout, stderr } = await closure(['status', CLOSURE_ID, '--json'], { client: { status } });

    expect(exitCode).toBe(expected);
    expect(JSON.parse(stdout)).toEqual({ error: { code, message: 'A fixed sentence.' } });
    expect(stderr).toBe(`closure: A fixed sentence. (${code})\n`);
  });

  it.each([
    [['frobnicate']],
    [['status']],
    [['status', CLOSURE_ID, '--colour']],
    [['wait', CLOSURE_ID, '--phase', 'done']],
    [['wait', CLOSURE_ID, '--timeout', 'soon']],
    [['request', '--tenant', TENANT]],
    [['confirm', CLOSURE_ID, '--plan', PLAN]],
    [['report', CLOSURE_ID, '--step', 'export-declined']],
    [['report', CLOSURE_ID, '--step', 'account', '--token', 'A']],
    [['list', '--limit', '0']],
    [['resolve', CLOSURE_ID, '--by', 'Ada Example']],
    [['export', CLOSURE_ID]],
    [['export', CLOSURE_ID, '--links', '--expires', '2h']],
    [['audit', 'show', CLOSURE_ID]],
    [[]],
  ])('tell wrong usage as 2: %j', async (argv) => {
    const plain = await closure(argv);
    const json = await closure([...argv, '--json']);

    expect(plain).toMatchObject({ exitCode: 2, stdout: '' });
    expect(plain.stderr).not.toBe('');
    expect(json.exitCode).toBe(2);
    expect(JSON.parse(json.stdout)).toMatchObject({ error: { message: expect.any(String) } });
  });

  it.each([
    'setup',
    'request',
    'status',
    'wait',
    'confirm',
    'withdraw',
    'report',
    'resolve',
    'list',
    'export',
    'audit',
  ])('tell help of %s as 0, with examples', async (command) => {
    const { exitCode, stdout } = await closure([command, '--help']);

    expect(exitCode).toBe(0);
    expect(stdout).toContain('Examples:');
  });

  it('tell the version as 0', async () => {
    const { exitCode, stdout } = await closure(['--version']);

    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(exitCode).toBe(0);
  });
});
