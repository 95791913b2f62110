import {
  ActivityFailure,
  ApplicationFailure,
  isCancellation,
  setCurrentDetails,
  sleep,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import { deleteExports } from './activity-proxies';
import { attentionOf } from './attention';
import { isGuid, type Guid } from './contract/account';
import type { ForgetClosureRequest, ForgetClosureResult } from './contract/messages';
import { SEARCH_ATTRIBUTES } from './contract/names';

/** Until then somebody may have repaired what keeps the containers from being deleted. */
const TRY_AGAIN = '6 hours';

/**
 * Clears up after a closure, whatever its outcome: deletes the export containers when their time has come, and looks again
 * for what a late attempt may have created. Never gives up: what cannot be deleted is shown as attention and tried again.
 * Knows the closure by its id alone, so it can outlive everything personal.
 * @throws ApplicationFailure `InvalidRequest` when the start input is not a closure id and instants
 */
export async function forgetClosure(request: ForgetClosureRequest): Promise<ForgetClosureResult> {
  const { closureId, times } = parse(request);
  let deletedContainers = 0;

  for (const time of times) {
    setCurrentDetails(`Deletes the export containers of closure \`${closureId}\` at ${new Date(time).toISOString()}.`);
    await sleepUntil(time);
    deletedContainers += await deleteUntilDone(closureId);
  }
  return { closureId, deletedContainers };
}

async function sleepUntil(time: number): Promise<void> {
  const waitMs = time - Date.now();
  if (waitMs > 0)
    await sleep(waitMs, { summary: `Until ${new Date(time).toISOString()}: then the containers are deleted` });
}

async function deleteUntilDone(closureId: Guid): Promise<number> {
  for (let round = 1; ; round += 1) {
    const deletedContainers = await tryToDelete(closureId, round);
    if (deletedContainers !== undefined) return deletedContainers;
    await sleep(TRY_AGAIN, { summary: 'Then the deletion is tried again' });
  }
}

async function tryToDelete(closureId: Guid, round: number): Promise<number | undefined> {
  try {
    const { deletedContainers } = await deleteExports({ closureId });
    if (round > 1) upsertSearchAttributes([{ key: SEARCH_ATTRIBUTES.attention, value: null }]);
    return deletedContainers;
  } catch (fault) {
    if (isCancellation(fault) || !(fault instanceof ActivityFailure)) throw fault;
    showTrouble(closureId, attentionOf('export', fault, round).fault);
    return undefined;
  }
}

function showTrouble(closureId: Guid, fault: string): void {
  upsertSearchAttributes([{ key: SEARCH_ATTRIBUTES.attention, value: [`export:${fault}`] }]);
  setCurrentDetails(
    `The export containers of closure \`${closureId}\` cannot be deleted: \`${fault}\`. Repair the cause; it is tried again by itself.`,
  );
}

function parse(request: unknown): { closureId: Guid; times: readonly number[] } {
  if (typeof request === 'object' && request !== null && 'closureId' in request && 'deleteExportsAt' in request) {
    const { closureId, deleteExportsAt } = request;
    const instants = 'lookAgainAt' in request ? [deleteExportsAt, request.lookAgainAt] : [deleteExportsAt];
    const times = instants.map((instant) => (typeof instant === 'string' ? Date.parse(instant) : Number.NaN));
    if (isGuid(closureId) && !times.some(Number.isNaN)) return { closureId, times };
  }
  throw ApplicationFailure.nonRetryable(
    'The input is not { closureId, deleteExportsAt, lookAgainAt? }.',
    'InvalidRequest',
  );
}
