import { describe, expect, it } from '@jest/globals';
import { FakeWorld } from '../support/fake-world';
import { closuresOfThisFile, type ClosureUnderTest } from '../support/time-skipping-closures';

const closures = closuresOfThisFile('real');

describe('a withdrawal', () => {
  it.each([
    [
      'before',
      async (send: Record<'cancel' | 'withdraw', () => Promise<void>>) => {
        await send.cancel();
        await send.withdraw();
      },
    ],
    [
      'after',
      async (send: Record<'cancel' | 'withdraw', () => Promise<void>>) => {
        await send.withdraw();
        await send.cancel();
      },
    ],
  ] as const)('succeeds as withdrawn when a native cancellation comes just %s it', async (_when, sendBoth) => {
    const world = new FakeWorld();

    const { answered, ended } = await closures.withWorld(world, async () => {
      const closure = await closures.request();
      await closure.untilPhase('awaitingConfirmation');
      const withdrawal = await closures.withoutWorker(() => sendTogether(closure, sendBoth));
      return { answered: await withdrawal.answer, ended: await closure.handle.result() };
    });

    expect(answered.outcome).toBe('withdrawn');
    expect(ended).toMatchObject({ outcome: 'withdrawn' });
    expect(ended.cancellationIgnored).toBeUndefined();
  });
});

type SendBoth = (send: Record<'cancel' | 'withdraw', () => Promise<void>>) => Promise<void>;

/** Both wait for a worker, which finds them in one Workflow Task. */
async function sendTogether(
  closure: ClosureUnderTest,
  sendBoth: SendBoth,
): Promise<{ answer: ReturnType<ClosureUnderTest['withdraw']> }> {
  let answer: ReturnType<ClosureUnderTest['withdraw']> | undefined;
  await sendBoth({
    cancel: async () => {
      await closure.handle.cancel();
    },
    withdraw: async () => {
      answer = closure.withdraw();
      // The Update is answered by a worker only; until then nothing says that it has arrived.
      await closures.environment.sleep(500);
    },
  });
  if (answer === undefined) throw new TypeError('No withdrawal was sent.');
  return { answer };
}
