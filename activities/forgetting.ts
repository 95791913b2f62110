import { Context } from '@temporalio/activity';
import { forgetWorkflowId } from '../workflows/contract/ids';
import type { DeleteExportsInput } from '../workflows/contract/activities';
import { arrangeSignal, type ForgetClosureWorkflow } from '../workflows/contract/messages';
import { FORGET_CLOSURE, SEARCH_ATTRIBUTES } from '../workflows/contract/names';
import { askingTemporal, goesOn, type ClosureRuns } from './closure-runs';
import { exportContainerPrefix } from './export-containers';
import { historyEntries } from './history-entries';
import type { Implementation } from './implementation';
import type { AuditLog, EffectKey } from './ports/audit-log';
import type { ExportStorage } from './ports/export-storage';
import { UnavailableError } from './ports/faults';
import type { IdentifierVault } from './ports/identifier-vault';

/**
 * Forgets whom the targets knew: nothing needs it once the closure has ended. Then starts `forgetClosure` on the Task Queue
 * that this Activity runs on, or gives the one that waits these times: a closure that was reset has ended again.
 */
export function createArrangeForgetting(vault: IdentifierVault): Implementation<'arrangeForgetting'> {
  return async ({ closureId, firstRunId, request }, { attempt: { signal } }) => {
    await vault.forget({ closureId, firstRunId }, signal);
    const { client, info } = Context.current();
    await askingTemporal('temporal.start-forget-closure', () =>
      client.workflow.signalWithStart<ForgetClosureWorkflow, Parameters<ForgetClosureWorkflow>>(FORGET_CLOSURE, {
        workflowId: forgetWorkflowId(request.closureId),
        taskQueue: info.taskQueue,
        args: [request],
        signal: arrangeSignal,
        signalArgs: [request],
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        staticSummary: 'Forget a closure: delete its export containers when their time has come',
        typedSearchAttributes: [{ key: SEARCH_ATTRIBUTES.closureId, value: request.closureId }],
      }),
    );
  };
}

interface Dependencies {
  readonly storage: ExportStorage;
  readonly auditLog: AuditLog;
}

/**
 * Deletes every export container of the closure and looks again that none is left; leaves them alone while a run of the
 * closure goes on. Counts what this round has deleted, over all its attempts.
 * @throws UnavailableError when one is still listed afterwards: deleting a container takes the storage some time
 */
export function createDeleteExports({ storage, auditLog }: Dependencies): Implementation<'deleteExports'> {
  return async (input, { attempt: { signal } }) => {
    const prefix = exportContainerPrefix(input.closureId);
    for (const container of await storage.listContainers(prefix, signal)) {
      // Each time: an operator's reset may come between two.
      if (await goesOn(closureRuns(), input)) return { kind: 'closure-goes-on' };
      await auditLog.append({ ...keyOf(input), kind: 'mark', occasion: container }, signal);
      await storage.deleteContainer(container, signal);
    }
    if ((await storage.listContainers(prefix, signal)).length > 0) {
      throw new UnavailableError({ farEnd: 'export-storage', operation: 'storage.delete-container' });
    }
    const marks = await historyEntries(auditLog, { ...keyOf(input), kind: 'mark' }, signal);
    return { kind: 'deleted', containers: marks.length };
  };
}

function keyOf({ closureId, firstRunId, round }: DeleteExportsInput): EffectKey {
  return { closureId, firstRunId, target: 'export', step: 'delete', round };
}

function closureRuns(): ClosureRuns {
  const { client, info } = Context.current();
  return { service: client.workflowService, namespace: info.namespace };
}
