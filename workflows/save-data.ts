import { awaitExportFor, requestExport } from './activity-proxies';
import { assertDecoded } from './attention';
import type { Closure } from './closure';
import * as state from './closure-state';
import type { ClosurePolicy } from './contract/policy';

/**
 * Saves what the person may want to keep: the export is requested, awaited and its inventory taken. A failed or overdue
 * export never leads to a deletion: it waits for an operator, whose retry asks for the export again (an export that still
 * runs is found and kept).
 */
export async function saveData(closure: Closure, { exportDeadlineMs }: ClosurePolicy): Promise<void> {
  closure.enter('exporting');
  const manifest = await closure.step('export', async (round) => {
    const requested = assertDecoded(await requestExport({ ...closure.ref, round, exportDeadlineMs }));
    return await awaitExportFor(exportDeadlineMs)({ ...closure.ref, ...requested });
  });
  closure.apply((status) => state.exported(status, manifest));
}
