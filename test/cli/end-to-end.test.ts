import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, it, expect } from '@jest/globals';
import { z } from 'zod';
import { createDependencies } from '../../cli/dependencies';
import { runClosure } from '../../cli/program';
import { createConfirmationToken } from '../../client';
import { FIRST_START_MS, startClosureServer, type ClosureServer } from '../support/closure-server';

describe('the command line, on a server', () => {
  let server: ClosureServer;

  beforeAll(async () => {
    server = await startClosureServer();
  }, FIRST_START_MS);

  afterAll(async () => {
    await server.close();
  });

  async function closure(...argv: readonly string[]): Promise<{ exitCode: number; answer: unknown }> {
    const stdout: string[] = [];
    const deps = createDependencies({
      env: server.env,
      readStdin: () => Promise.resolve(''),
      out: (text) => stdout.push(text),
      err: () => undefined,
      isInteractive: false,
      signal: new AbortController().signal,
    });
    const exitCode = await runClosure([...argv, '--json'], deps);
    return { exitCode, answer: JSON.parse(stdout.join('')) };
  }

  it('carries a closure from request to end', async () => {
    const token = createConfirmationToken();
    const account = ['--tenant', randomUUID(), '--object', randomUUID()];
    const set = await closure('setup');
    const requested = await closure('request', ...account, '--token', token);
    const { closureId } = z.object({ closureId: z.string() }).parse(requested.answer);
    const asked = await closure('wait', closureId, '--phase', 'awaitingConfirmation', '--timeout', '30s');
    const { planDigest } = z.object({ planDigest: z.string() }).parse(asked.answer);

    const wrong = await closure('confirm', closureId, '--token', createConfirmationToken(), '--plan', planDigest);
    const confirmed = await closure('confirm', closureId, '--token', token, '--plan', planDigest);
    const ended = await closure('wait', closureId, '--phase', 'closed', '--timeout', '30s');
    const status = await closure('status', closureId);
    const late = await closure('withdraw', closureId);

    expect(set.exitCode).toBe(0);
    expect(wrong).toMatchObject({ exitCode: 3, answer: { error: { code: 'wrong-token' } } });
    expect(confirmed).toMatchObject({ exitCode: 0, answer: { closureId, confirmation: { planDigest } } });
    expect(ended).toMatchObject({ exitCode: 0, answer: { phase: 'closed', outcome: 'closed' } });
    expect(status).toEqual(ended);
    expect(late).toMatchObject({ exitCode: 3, answer: { error: { code: 'closure-has-ended' } } });
  });

  it('says that there is no such closure', async () => {
    await expect(closure('status', randomUUID())).resolves.toMatchObject({ exitCode: 4 });
    await expect(closure('wait', `closure-${'0'.repeat(64)}`)).resolves.toMatchObject({ exitCode: 4 });
  });
});
