import { Context } from '@temporalio/activity';
import { forgetWorkflowId } from '../workflows/contract/account';
import type { ClosureActivities } from '../workflows/contract/activities';
import type { ForgetClosureWorkflow } from '../workflows/contract/messages';
import { FORGET_CLOSURE, SEARCH_ATTRIBUTES } from '../workflows/contract/names';
import { attemptSignal, whileHeartbeating } from './attempt';
import { exportContainerPrefix } from './export-containers';
import { UnavailableError } from './ports/faults';
import type { ExportStorage } from './ports/export-storage';

/** Starts `forgetClosure` on the Task Queue that this Activity runs on, or finds it started before. */
export function createArrangeForgetting(): ClosureActivities['arrangeForgetting'] {
  return async (input) => {
    const { client, info } = Context.current();
    await client.workflow.start<ForgetClosureWorkflow>(FORGET_CLOSURE, {
      workflowId: forgetWorkflowId(input.closureId),
      taskQueue: info.taskQueue,
      args: [input],
      workflowIdConflictPolicy: 'USE_EXISTING',
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      staticSummary: 'Forget a closure: delete its export containers when their time has come',
      typedSearchAttributes: [{ key: SEARCH_ATTRIBUTES.closureId, value: input.closureId }],
    });
  };
}

/**
 * Deletes every export container of the closure and looks again that none is left.
 * @throws UnavailableError when one is still listed afterwards: deleting a container takes the storage some time
 */
export function createDeleteExports(storage: ExportStorage): ClosureActivities['deleteExports'] {
  return async ({ closureId }) =>
    await whileHeartbeating(async () => {
      const signal = attemptSignal();
      const prefix = exportContainerPrefix(closureId);
      const containers = await storage.listContainers(prefix, signal);
      for (const container of containers) await storage.deleteContainer(container, signal);
      if ((await storage.listContainers(prefix, signal)).length > 0) throw new UnavailableError('export-storage');
      return { deletedContainers: containers.length };
    });
}
