import {
  condition,
  defineQuery,
  defineUpdate,
  proxyActivities,
  proxyLocalActivities,
  setHandler,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import type { Confirmation } from '../workflows/contract/confirmation';
import { arrangeSignal, type AccountClosureRequest } from '../workflows/contract/messages';
import { SEARCH_ATTRIBUTES } from '../workflows/contract/names';
import type { Phase } from '../workflows/contract/phases';

/** What the bare Workflows call: no-ops, but for the start of the follow-up. */
export interface BareActivities {
  readonly step: (input: unknown) => Promise<void>;
  readonly look: (input: unknown) => Promise<void>;
  readonly startFollowUp: (request: AccountClosureRequest) => Promise<void>;
}

/** What a status that was confirmed in the bench has to show. */
export interface BareStatus {
  readonly planDigest: string;
}

const { step } = proxyActivities<BareActivities>({ startToCloseTimeout: '1 minute' });
const { look, startFollowUp } = proxyLocalActivities<BareActivities>({ startToCloseTimeout: '10 seconds' });
const status: BareStatus = { planDigest: '0'.repeat(64) };

/** The commands of `accountClosure` on its way to `closed`, in the same order and the same Workflow Tasks, and nothing else. */
export async function bareClosure(request: AccountClosureRequest): Promise<BareStatus> {
  let isConfirmed = false;
  setHandler(defineQuery<BareStatus>('status'), () => status);
  setHandler(defineUpdate<BareStatus, [Confirmation]>('confirm'), () => {
    isConfirmed = true;
    return status;
  });

  await step(request);
  show('exporting');
  await step(request);
  await step(request);
  await look(request);
  show('awaitingConfirmation');
  await condition(() => isConfirmed, '14 days');
  await look(request);
  await look(request);
  await look(request);
  show('erasing');
  await step(request);
  await step(request);
  show('verifying');
  await step(request);
  show('closed');
  await startFollowUp(request);
  return status;
}

/** The commands of `forgetClosure` when its time has come. */
export async function bareFollowUp(request: AccountClosureRequest): Promise<BareStatus> {
  setHandler(arrangeSignal, () => undefined);
  await step(request);
  return status;
}

function show(phase: Phase): void {
  upsertSearchAttributes([{ key: SEARCH_ATTRIBUTES.phase, value: phase }]);
}
