import { ApplicationFailure, setCurrentDetails, sleep } from '@temporalio/workflow';
import { deleteExports } from './activity-proxies';
import { isGuid } from './contract/account';
import type { ForgetClosureRequest, ForgetClosureResult } from './contract/messages';

/**
 * Clears up after a closure, whatever its outcome: deletes the export containers when their time has come. Knows the
 * closure by its id alone, so it can outlive everything personal.
 * @throws ApplicationFailure `InvalidRequest` when the start input is not a closure id and an instant
 */
export async function forgetClosure(request: ForgetClosureRequest): Promise<ForgetClosureResult> {
  const { closureId, deleteAt } = parse(request);
  const waitMs = deleteAt - Date.now();

  setCurrentDetails(
    `Deletes the export containers of closure \`${closureId}\` at ${new Date(deleteAt).toISOString()}.`,
  );
  if (waitMs > 0)
    await sleep(waitMs, { summary: `Until ${new Date(deleteAt).toISOString()}: the export can be downloaded` });
  const { deletedContainers } = await deleteExports({ closureId });

  return { closureId, deletedContainers };
}

function parse(request: unknown): { closureId: ForgetClosureRequest['closureId']; deleteAt: number } {
  if (typeof request === 'object' && request !== null && 'closureId' in request && 'deleteExportsAt' in request) {
    const { closureId, deleteExportsAt } = request;
    const deleteAt = typeof deleteExportsAt === 'string' ? Date.parse(deleteExportsAt) : Number.NaN;
    if (isGuid(closureId) && !Number.isNaN(deleteAt)) return { closureId, deleteAt };
  }
  throw ApplicationFailure.nonRetryable('The input is not { closureId, deleteExportsAt }.', 'InvalidRequest');
}
