import { arrangeForgetting } from './activity-proxies';
import type { Closure } from './closure';

/**
 * Has the closure forgotten: the exports of a closed account after their retention, all others at once. Nothing was put
 * into storage before the tenant was verified, so there is nothing to forget without a policy.
 */
export async function forgetLater(closure: Closure): Promise<void> {
  if (closure.policy === undefined) return;
  const { closureId, outcome } = closure.status;
  const retentionMs = outcome === 'closed' ? closure.policy.exportRetentionMs : 0;
  await arrangeForgetting({ closureId, deleteExportsAt: new Date(Date.now() + retentionMs).toISOString() });
}
