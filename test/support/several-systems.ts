import { RequestRefusedError } from '../../activities/ports/faults';
import type { ClosureStatus } from '../../workflows/contract/status';
import { FakeWorld } from './fake-world';
import type { ClosureUnderTest, TimeSkippingClosures } from './time-skipping-closures';

/** Three systems: the shop, what comes after it, and one beside them; and the account, which comes after all. */
export function worldOfSystems(): FakeWorld {
  const world = new FakeWorld();
  world.withService('crm', { after: ['shop'] });
  world.withService('mail');
  world.withService('shop');
  return world;
}

/** A service says no, for good. */
export function refused(): never {
  throw new RequestRefusedError({ farEnd: 'erasure-service', operation: 'service.erase', code: 'out-of-order' });
}

/** The service refuses every erasure from now on; the returned function repairs it. */
export function breakDown(world: FakeWorld, name: string): () => void {
  const service = world.serviceNamed(name);
  service.before = (call) => (call === 'requestErasure' ? refused() : undefined);
  return () => {
    service.before = () => undefined;
  };
}

/** The closure as it ends after somebody has said yes, and done something. */
export function endOf(
  closures: Pick<TimeSkippingClosures, 'withWorld' | 'request'>,
  world: FakeWorld,
  act: (closure: ClosureUnderTest) => Promise<unknown> = () => Promise.resolve(),
): Promise<ClosureStatus> {
  return closures.withWorld(world, async () => {
    const closure = await closures.request();
    await closure.confirm();
    await act(closure);
    return await closure.handle.result();
  });
}

/** The state of each target, by its name. */
export function statesOf({ targets }: ClosureStatus): readonly (readonly [string, string])[] {
  return targets.map(({ name, state }) => [name, state]);
}
