import { arrangeForgetting } from './activity-proxies';
import type { Closure } from './closure';

/** An attempt of a worker that was cut off may create a container until its own time is over, which is minutes. */
const LATE_ATTEMPTS_MS = 10 * 60_000;

/**
 * Has the closure forgotten: the exports of a closed account after their retention, all others at once and once more, since a
 * request for an export may still have been under way. Nothing was put into storage before the tenant was verified, so there
 * is nothing to forget without a policy.
 */
export async function forgetLater(closure: Closure): Promise<void> {
  if (closure.policy === undefined) return;
  const { closureId, outcome } = closure.status;
  await arrangeForgetting(
    outcome === 'closed'
      ? { closureId, deleteExportsAt: inMs(closure.policy.exportRetentionMs) }
      : { closureId, deleteExportsAt: inMs(0), lookAgainAt: inMs(LATE_ATTEMPTS_MS) },
  );
}

function inMs(ms: number): string {
  return new Date(Date.now() + ms).toISOString();
}
