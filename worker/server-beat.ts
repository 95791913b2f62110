import { Context } from '@temporalio/activity';
import type { Beat } from '../activities/beats';

/** One beat may take so long; the next one is another chance. */
const PATIENCE_MS = 5_000;

/** Answers of the server that say that this attempt is not wanted any more: by name, as the client alone exports the classes. */
const UNWANTED = ['ActivityCancelledError', 'ActivityPausedError', 'ActivityResetError', 'ActivityNotFoundError'];

/**
 * A beat that the server has answered. The SDK's own are sent without saying whether they came through. An answer that ends
 * the attempt is handed on to the SDK, whose own beat gets the same answer and cancels the attempt.
 */
export const beatToServer: Beat = async (details) => {
  const context = Context.current();
  const { client, info } = context;
  try {
    await client.withDeadline(Date.now() + PATIENCE_MS, () =>
      client.activity.heartbeat(info.taskToken, details, {
        serializationContext: {
          type: 'activity',
          namespace: info.namespace,
          activityId: info.activityId,
          isLocal: false,
          ...(info.workflowExecution === undefined ? {} : { workflowId: info.workflowExecution.workflowId }),
        },
      }),
    );
  } catch (answer) {
    if (!(answer instanceof Error) || !UNWANTED.includes(answer.name)) throw answer;
    context.heartbeat(details);
  }
};
