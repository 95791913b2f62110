import { arrangeForgetting, atOnce } from './activity-proxies';
import type { Closure } from './closure';
import * as state from './closure-state';
import type { ForgetClosureRequest } from './contract/messages';
import { isPastPointOfNoReturn } from './contract/phases';
import type { ClosurePolicy } from './contract/policy';
import type { ClosureStatus } from './contract/status';
import { quickly } from './steps';

/** An attempt of a worker that was cut off may create a container until its own time is over, which is minutes. */
const LATE_ATTEMPTS_MS = 10 * 60_000;

/**
 * Has the closure forgotten: the export is kept for its retention after every outcome past the point of no return, since the
 * account may be gone; after every other it goes at once, and once more, since a request for an export may still have been
 * under way. The outcome is shown first; the follow-up's start is a step like any other. Nothing was put into storage before
 * the tenant was verified, so there is nothing to forget without a policy.
 */
export async function forgetLater(closure: Closure): Promise<void> {
  const { policy } = closure;
  if (policy !== undefined) {
    const request = requestFor(closure.status, policy);
    closure.apply((status) => state.exportKept(status, request.deleteExportsAt));
    closure.publish();
    await arrange(closure, request);
  }
  closure.publish();
}

async function arrange(closure: Closure, request: ForgetClosureRequest): Promise<void> {
  await quickly(closure, 'forgetting', {
    atOnce: ({ account, ...ref }) => atOnce.arrangeForgetting({ ...ref, request }),
    patiently: ({ account, ...ref }) => arrangeForgetting({ ...ref, request }),
  });
}

function requestFor({ closureId, workflowId, outcome }: ClosureStatus, policy: ClosurePolicy): ForgetClosureRequest {
  const about = { closureId, workflowId };
  if (isPastPointOfNoReturn(outcome)) return { ...about, deleteExportsAt: inMs(policy.exportRetentionMs) };
  return { ...about, deleteExportsAt: inMs(0), lookAgainAt: inMs(LATE_ATTEMPTS_MS) };
}

function inMs(ms: number): string {
  return new Date(Date.now() + ms).toISOString();
}
