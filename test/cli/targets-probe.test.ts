import { describe, expect, it } from '@jest/globals';
import type { ProbeFinding, ServiceProbe } from '../../activities/ports/service-probe';
import type { HttpDefinition, TargetDefinition } from '../../activities/ports/target-catalog';
import { Sensitive } from '../../activities/ports/sensitive';
import { closure, type CliSurroundings } from '../support/cli';

const DEFINITION = { after: [], deadlineMs: 1, definitionDigest: 'ab'.repeat(32) };
const CRM: HttpDefinition = {
  ...DEFINITION,
  name: 'crm',
  kind: 'http',
  baseUrl: 'https://crm.example/closure',
  secrets: [new Sensitive('whsec_secret')],
  readsLagMs: 0,
};
const DIRECTORY: TargetDefinition = { ...DEFINITION, name: 'directory', kind: 'directory' };

const RIGHT: ProbeFinding = { check: 'reachable', ok: true, words: 'answers' };
const WRONG: ProbeFinding = { check: 'timestamp-old', ok: false, words: 'It takes\u001b[2J old requests.' };

function surroundings(findings: readonly ProbeFinding[]): CliSurroundings {
  const probe: ServiceProbe = async function* probe() {
    yield* await Promise.resolve(findings);
  };
  const definitions: readonly TargetDefinition[] = [CRM, DIRECTORY];
  return {
    definitionNamed: (name) => Promise.resolve(definitions.find((definition) => definition.name === name)),
    serviceProbe: () => Promise.resolve(probe),
  };
}

describe('closure targets probe', () => {
  it('says that a service does what the contract asks', async () => {
    const { exitCode, stdout, stderr } = await closure(['targets', 'probe', 'crm'], surroundings([RIGHT, RIGHT]));

    expect(exitCode).toBe(0);
    expect(stdout).toBe('ok     reachable: answers\n'.repeat(2) + 'crm does what the contract asks: 2 checks.\n');
    expect(stderr).toBe('');
  });

  it('says what is wrong, and ends with 3', async () => {
    const { exitCode, stdout, stderr } = await closure(['targets', 'probe', 'crm'], surroundings([RIGHT, WRONG]));

    expect(exitCode).toBe(3);
    expect(stdout).toContain('ok     reachable: answers\n');
    expect(stdout).toContain('WRONG  timestamp-old: It takes\\u001b[2J old requests.\n');
    expect(stderr).toContain('1 check of 2. (probe-failed)');
  });

  it('tells programs all findings as one object, right or wrong', async () => {
    const argv = ['targets', 'probe', 'crm', '--json'];
    const right = await closure(argv, surroundings([RIGHT]));
    const wrong = await closure(argv, surroundings([RIGHT, WRONG]));

    expect(JSON.parse(right.stdout)).toEqual({ target: 'crm', findings: [RIGHT] });
    expect(JSON.parse(wrong.stdout)).toEqual({
      target: 'crm',
      findings: [RIGHT, WRONG],
      error: { code: 'probe-failed', message: expect.any(String) },
    });
  });

  it('ends with 5 when the service is not there', async () => {
    const away = surroundings([{ ...RIGHT, ok: false, words: 'It gave no whole answer.' }]);

    const { exitCode, stdout, stderr } = await closure(['targets', 'probe', 'crm'], away);

    expect(exitCode).toBe(5);
    expect(stdout).toBe('WRONG  reachable: It gave no whole answer.\n');
    expect(stderr).toContain('(service-unavailable)');
  });

  it('ends with 4 when the file has no such target', async () => {
    const { exitCode, stderr } = await closure(['targets', 'probe', 'erp'], surroundings([]));

    expect(exitCode).toBe(4);
    expect(stderr).toContain('(no-such-target)');
  });

  it.each([['directory'], []])('is wrong usage for what is no service: %s', async (...name) => {
    const { exitCode, stdout } = await closure(['targets', 'probe', ...name], surroundings([]));

    expect(exitCode).toBe(2);
    expect(stdout).toBe('');
  });
});
