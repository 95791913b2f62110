import { ApplicationFailure } from '@temporalio/workflow';
import { awaitExportFor, requestExport } from './activity-proxies';
import { assertDecoded } from './attention';
import type { Closure } from './closure';
import * as state from './closure-state';
import type { ClosureRef } from './contract/activities';
import type { ClosurePolicy } from './contract/policy';
import { isExportDeclined, type ExportStatus } from './contract/export';
import { step } from './steps';

/**
 * Saves what the person may want to keep: the export is requested, awaited and its inventory taken. A failed or overdue
 * export never leads to a deletion: it waits for an operator, whose retry asks for the export again (an export that still
 * runs is found and kept), or for the person, who may go on without one.
 */
export async function saveData(closure: Closure, policy: ClosurePolicy): Promise<void> {
  closure.apply(state.exporting);
  const saved = await closure.exportDeclined.during(() =>
    step(closure, { target: 'export' }, (ref) => makeExport(closure, ref, policy)),
  );
  if (saved !== undefined && !isExportDeclined(closure.status))
    closure.apply((status) => state.exported(status, saved.result));
}

/** The person goes on without an export. */
export function declineExport(closure: Closure, signature: string): void {
  closure.exportDeclined.call();
  const at = new Date().toISOString();
  closure.decided({ step: 'decline-export', at, signature });
  closure.apply((status) => state.exportDeclined(status, at));
}

/** How often an export that was lost while it was made is begun again before somebody has to look. */
const MOST_LOSSES = 3;

async function makeExport(closure: Closure, ref: ClosureRef, policy: ClosurePolicy): Promise<ExportStatus> {
  const { exportDeadlineMs, readsLagMs } = policy;
  for (let losses = 0; losses < MOST_LOSSES; losses += 1) {
    const input = {
      ...ref,
      exportDeadlineMs,
      readsLagMs,
      round: closure.nextRound('export'),
      lost: closure.lostContainers,
    };
    const requested = assertDecoded(await requestExport(input));
    if ('kind' in requested) return { kind: 'deleted' };
    const awaited = assertDecoded(await awaitExportFor(exportDeadlineMs)({ ...input, ...requested }));
    if (awaited.kind === 'saved') return awaited;
    // Past the point of no return it was kept for its time; before it, it has to be made again.
    if (closure.status.pointOfNoReturnAt !== undefined) return { kind: 'deleted' };
    closure.loseContainer(requested.container);
  }
  throw ApplicationFailure.nonRetryable('The export was deleted while it was made, again and again.', 'ExportFailed');
}
