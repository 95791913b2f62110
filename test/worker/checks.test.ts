import { describe, expect, it } from '@jest/globals';
import { temporalCheck, type SearchAttributesLook } from '../../worker/checks';
import type { FarEndCheck } from '../../worker/far-ends';
import type { WorkerEvent } from '../../worker/logger';

const REGISTERED = {
  ClosureId: 2,
  ClosurePhase: 2,
  ClosureReceivedAt: 6,
  ClosureConfirmBy: 6,
  ClosureDueBy: 6,
  ClosureTenant: 2,
  ClosureAttention: 7,
};

interface Looked {
  readonly check: FarEndCheck['check'];
  readonly events: readonly WorkerEvent[];
}

/** The check of a server that answers so, or refuses with that error. */
function looking(answer: Readonly<Record<string, number>> | Error): Looked {
  const events: WorkerEvent[] = [];
  const listSearchAttributes: SearchAttributesLook['operatorService']['listSearchAttributes'] = () =>
    answer instanceof Error ? Promise.reject(answer) : Promise.resolve({ customAttributes: answer });
  const connection = { operatorService: { listSearchAttributes } };
  const { check } = temporalCheck(
    () => Promise.resolve(connection),
    'default',
    (event) => events.push(event),
  );
  return { check, events };
}

function refused(code: number): Error {
  return Object.assign(new Error('Request unauthorized.'), { code });
}

describe('Temporal', () => {
  it('is there when the search attributes are', async () => {
    const { check, events } = looking(REGISTERED);

    await check();

    expect(events).toEqual([]);
  });

  it.each(Object.keys(REGISTERED))('is waited for while %s is certainly missing', async (missing) => {
    const { check } = looking(Object.fromEntries(Object.entries(REGISTERED).filter(([name]) => name !== missing)));

    await expect(check()).rejects.toMatchObject({ code: 'search-attributes-missing' });
  });

  it.each([
    ['PERMISSION_DENIED', refused(7)],
    ['UNIMPLEMENTED', refused(12)],
    ['PERMISSION_DENIED beneath another error', new Error('Cannot look.', { cause: refused(7) })],
  ])('is there when we may not look, with one warning: %s', async (_what, error) => {
    const { check, events } = looking(error);

    await check();
    await check();

    expect(events).toEqual([{ event: 'search-attributes-unseen' }]);
  });

  it('is away when it does not answer', async () => {
    await expect(looking(refused(14)).check()).rejects.toMatchObject({ code: 14 });
  });

  it('is there when an attribute has another type, which is said once with what it should be', async () => {
    const { check, events } = looking({ ...REGISTERED, ClosureAttention: 2, ClosureConfirmBy: 1 });

    await check();
    await check();

    expect(events).toEqual([
      { event: 'search-attribute-mistyped', searchAttribute: 'ClosureConfirmBy', expected: 'DATETIME' },
      { event: 'search-attribute-mistyped', searchAttribute: 'ClosureAttention', expected: 'KEYWORD_LIST' },
    ]);
  });
});
