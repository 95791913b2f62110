import { beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import type { ActivityDependencies } from '../../activities';
import { Sensitive } from '../../activities/ports/sensitive';
import type { SubjectRows } from '../../activities/ports/subject-rows';
import type { VerifyTargetInput } from '../../workflows/contract/activities';
import { aDefinition } from '../support/a-shop';
import { FakeWorld } from '../support/fake-world';
import { directoryInput, HISTORY, planInput } from '../support/inputs';
import { attempt } from '../support/run-activity';

const { signal } = new AbortController();
const VERIFIED = { kind: 'absent', grade: 'same-server' };

/** A shop that knows the person by a key of its own, and in which nothing is left. */
const emptyRows: SubjectRows = {
  findKey: () => Promise.resolve({ kind: 'found', key: new Sensitive('4711') }),
  count: () => Promise.resolve([]),
  progress: () => Promise.resolve(undefined),
  eraseBatch: () => Promise.resolve({ soFar: [], isLast: true }),
  remaining: () => Promise.resolve({ kind: 'read', path: 'same-server', remaining: 0, retained: [] }),
};

let world: FakeWorld;
let dependencies: ActivityDependencies;
let input: VerifyTargetInput;

beforeEach(async () => {
  world = new FakeWorld();
  const shop = aDefinition('postgres://nobody@localhost/shop');
  world.catalog = { ...world.catalog, targets: [shop, ...world.catalog.targets] };
  dependencies = { ...world.dependencies, rowsOf: () => emptyRows };
  const { plan } = Planned.parse(await attempt(dependencies, ['planErasure', planInput(world)]));
  const { definitionDigest, name: target } = shop;
  const subject = plan.targets[0]?.subject ?? '';
  input = { ...directoryInput(world), target, definitionDigest, verifyAfterMs: 0, readsLagMs: 0, subject };
});

const Planned = z.object({ plan: z.object({ targets: z.array(z.object({ subject: z.string().optional() })) }) });

const verify = (round = 1): Promise<unknown> => attempt(dependencies, ['verifyTarget', { ...input, round }]);

describe('that nothing was left', () => {
  it('is in the audit log, once, with how it was looked', async () => {
    await expect(verify()).resolves.toEqual(VERIFIED);
    await expect(verify()).resolves.toEqual(VERIFIED);

    const { planDigest } = input;
    expect(world.auditLog.entries.filter(({ step }) => step === 'verify')).toMatchObject([
      { ...HISTORY, target: 'shop', round: 1, kind: 'result', planDigest, outcome: VERIFIED },
    ]);
  });

  it('is answered from there when the identifiers are forgotten: a closure that had ended was reset', async () => {
    await verify();
    await world.vault.forget(HISTORY, signal);

    await expect(verify()).resolves.toEqual(VERIFIED);
  });

  it('is no answer to another round', async () => {
    await verify();
    await world.vault.forget(HISTORY, signal);

    await expect(verify(2)).rejects.toMatchObject({ type: 'IdentifiersMissing' });
  });

  it('is not believed while it can be looked at again', async () => {
    await verify();
    dependencies = {
      ...dependencies,
      rowsOf: () => ({
        ...emptyRows,
        remaining: () => Promise.resolve({ kind: 'read', path: 'same-server', remaining: 1, retained: [] }),
      }),
    };

    await expect(verify()).resolves.toEqual({ kind: 'remains', count: 1 });
  });
});
