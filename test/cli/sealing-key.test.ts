import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { createSeal, createSealing } from '../../activities/adapters/identifier-vault/sealing';
import { createSealingKey } from '../../activities/adapters/identifier-vault/sealing-keys';
import { Sensitive } from '../../activities/ports/sensitive';
import { parseSealingKeys } from '../../worker/sealing-keys';
import { closure, type Invocation } from '../support/cli';
import { guid } from '../support/guid';

const Printed = z.strictObject({ privateKey: z.string(), publicKey: z.string() });
const PLACE = {
  closureId: guid('0b000000-0000-4000-8000-000000000001'),
  firstRunId: 'run',
  target: 'shop',
  round: 1,
};

const make = (...argv: readonly string[]): Promise<Invocation> =>
  closure(['sealing-key', ...argv], { createSealingKey: () => Promise.resolve(createSealingKey()) });

describe('closure sealing-key', () => {
  it('prints the private half alone on standard output, as the worker takes it', async () => {
    const { exitCode, stdout, stderr } = await make();

    expect(stdout).toMatch(/^[\w-]{43}\n$/);
    expect(parseSealingKeys(stdout)).toHaveLength(1);
    expect(stderr).not.toContain(stdout.trim());
    expect(exitCode).toBe(0);
  });

  it('tells the public half, which seals what the private one opens', async () => {
    const { stdout } = await make('--json');
    const { privateKey, publicKey } = Printed.parse(JSON.parse(stdout));

    const sealed = await createSeal(publicKey)(PLACE, { key: new Sensitive('4711') });

    await expect(createSealing([new Sensitive(privateKey)]).open(PLACE, sealed)).resolves.toMatchObject({
      kind: 'opened',
    });
  });

  it('makes another one each time', async () => {
    expect((await make()).stdout).not.toBe((await make()).stdout);
  });

  it('shows in its help how a file becomes private', async () => {
    const { stdout } = await make('--help');

    expect(stdout).toContain('umask 077 && closure sealing-key > sealing.key');
  });
});
