import { randomBytes } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { Account, Guid } from '../../workflows/contract/account';
import type { Basis } from '../../workflows/contract/bases';
import { publicKeyOf, signConfirmation, signReport, type Confirmation } from '../../workflows/contract/confirmation';
import { closureIdOf, closureWorkflowId } from '../../workflows/contract/ids';
import {
  confirmUpdate,
  reportUpdate,
  resolveUpdate,
  statusQuery,
  withdrawSignal,
  withdrawUpdate,
  type AccountClosureRequest,
  type AccountClosureWorkflow,
  type Resolution,
} from '../../workflows/contract/messages';
import { ACCOUNT_CLOSURE } from '../../workflows/contract/names';
import type { Phase } from '../../workflows/contract/phases';
import type { ClosureStatus } from '../../workflows/contract/status';

/** A closure in a test: its handle, and the token that only the person has. */
export interface ClosureUnderTest {
  readonly handle: WorkflowHandle<AccountClosureWorkflow>;
  readonly closureId: Guid;
  readonly status: () => Promise<ClosureStatus>;
  /** Lets time pass until the closure is in the phase. */
  readonly untilPhase: (phase: Phase) => Promise<ClosureStatus>;
  /** Lets time pass until a step waits for an operator. */
  readonly untilAttention: () => Promise<ClosureStatus>;
  /** Lets time pass until the closure is like that. */
  readonly untilSeen: (isThere: (now: ClosureStatus) => boolean) => Promise<ClosureStatus>;
  readonly yesTo: (status: ClosureStatus) => Confirmation;
  /** Waits until the person is asked, and says yes. */
  readonly confirm: () => Promise<ClosureStatus>;
  readonly withdraw: () => Promise<ClosureStatus>;
  /** The person goes on without an export. */
  readonly declineExport: () => Promise<ClosureStatus>;
  /** An operator answers a step that waits. */
  readonly resolve: (target: Resolution['target'], since?: string) => Promise<ClosureStatus>;
  /** An operator decides to go on without a target. */
  readonly exempt: (target: Resolution['target'], basis?: Basis) => Promise<ClosureStatus>;
}

/** Whose closure is requested, and how. */
export interface RequestUnderTest {
  readonly taskQueue: string;
  readonly person: Account;
  readonly isWithdrawnAtOnce: boolean;
}

/** Requests a closure with a token of its own. */
export async function requestOn(
  environment: TestWorkflowEnvironment,
  { taskQueue, person, isWithdrawnAtOnce }: RequestUnderTest,
): Promise<ClosureUnderTest> {
  const seed = randomBytes(32);
  const publicKey = publicKeyOf(seed);
  const { workflow } = environment.client;
  const request = { workflowId: closureWorkflowId(person), taskQueue };
  const args: [AccountClosureRequest] = [{ account: person, publicKey }];
  const handle = isWithdrawnAtOnce
    ? await workflow.signalWithStart<AccountClosureWorkflow>(ACCOUNT_CLOSURE, {
        ...request,
        args,
        signal: withdrawSignal,
      })
    : await workflow.start<AccountClosureWorkflow>(ACCOUNT_CLOSURE, { ...request, args });
  return toClosure(environment, handle, { seed, closureId: closureIdOf(publicKey, closureWorkflowId(person)) });
}

function toClosure(
  environment: TestWorkflowEnvironment,
  handle: WorkflowHandle<AccountClosureWorkflow>,
  { seed, closureId }: { readonly seed: Uint8Array; readonly closureId: Guid },
): ClosureUnderTest {
  const status = (): Promise<ClosureStatus> => handle.query(statusQuery);
  const yesTo = ({ planDigest = '' }: ClosureStatus): Confirmation => signConfirmation(seed, closureId, planDigest);
  const untilSeen: ClosureUnderTest['untilSeen'] = (isThere) => passTimeUntil(environment, handle, isThere);
  const untilPhase = (phase: Phase): Promise<ClosureStatus> => untilSeen((now) => now.phase === phase);
  return {
    handle,
    closureId,
    status,
    untilSeen,
    untilPhase,
    untilAttention: () => untilSeen((now) => now.attention.length > 0),
    yesTo,
    confirm: async () =>
      handle.executeUpdate(confirmUpdate, { args: [yesTo(await untilPhase('awaitingConfirmation'))] }),
    withdraw: () => handle.executeUpdate(withdrawUpdate),
    declineExport: () => handle.executeUpdate(reportUpdate, { args: [signReport(seed, closureId, 'export-declined')] }),
    resolve: (target, since) => {
      const answer: Resolution = { target, action: 'retry', by: 'op-1', ...(since === undefined ? {} : { since }) };
      return handle.executeUpdate(resolveUpdate, { args: [answer] });
    },
    exempt: (target, basis = 'legal-claims') =>
      handle.executeUpdate(resolveUpdate, { args: [{ target, action: 'exempt', basis, by: 'op-1' }] }),
  };
}

const LOOKS = 2_000;
const REAL_STEP_MS = 50;

async function passTimeUntil(
  environment: TestWorkflowEnvironment,
  handle: WorkflowHandle<AccountClosureWorkflow>,
  isThere: (now: ClosureStatus) => boolean,
): Promise<ClosureStatus> {
  for (let look = 0; look < LOOKS; look += 1) {
    const now = await handle.query(statusQuery);
    if (isThere(now)) return now;
    if (now.outcome !== undefined && (await handle.describe()).status.name !== 'RUNNING') {
      throw new Error(`The closure ended as ${now.outcome} before.`);
    }
    await environment.sleep(environment.supportsTimeSkipping ? stepMs(look) : REAL_STEP_MS);
  }
  throw new Error('The closure never came that far.');
}

/** The first looks are for what happens without waiting; then time passes, in growing steps. */
function stepMs(look: number): number {
  return look < 20 ? 1 : Math.min(60_000 * (look - 19), 3_600_000);
}
