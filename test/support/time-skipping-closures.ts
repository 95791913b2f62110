import { randomBytes } from 'node:crypto';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { bundleWorkflowCode, DefaultLogger, Runtime, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { WorkflowNotFoundError, type WorkflowHandle } from '@temporalio/client';
import { createActivities } from '../../activities';
import { startTimeSkipping } from '../../sandbox/temporal/time-skipping-server';
import { createWorker } from '../../worker/worker';
import { closureWorkflowId, forgetWorkflowId, type Account, type Guid } from '../../workflows/contract/account';
import { closureIdOf, publicKeyOf, signConfirmation, type Confirmation } from '../../workflows/contract/confirmation';
import {
  confirmUpdate,
  statusQuery,
  withdrawSignal,
  type AccountClosureRequest,
  type AccountClosureWorkflow,
} from '../../workflows/contract/messages';
import { ACCOUNT_CLOSURE, SEARCH_ATTRIBUTES } from '../../workflows/contract/names';
import type { ClosurePolicy } from '../../workflows/contract/policy';
import type { ClosureStatus, Phase } from '../../workflows/contract/status';
import { POLICY, type FakeWorld } from './fake-world';

/** A closure in a test: its handle, and the token that only the person has. */
export interface ClosureUnderTest {
  readonly handle: WorkflowHandle<AccountClosureWorkflow>;
  readonly closureId: Guid;
  readonly status: () => Promise<ClosureStatus>;
  /** Lets time pass until the closure is in the phase. */
  readonly untilPhase: (phase: Phase) => Promise<ClosureStatus>;
  /** Lets time pass until a step waits for an operator. */
  readonly untilAttention: () => Promise<ClosureStatus>;
  readonly yesTo: (status: ClosureStatus) => Confirmation;
  /** Waits until the person is asked, and says yes. */
  readonly confirm: () => Promise<ClosureStatus>;
}

/** Closures on a server whose clock jumps. */
export interface TimeSkippingClosures {
  readonly environment: TestWorkflowEnvironment;
  /** Runs the act with a worker on the world's ports. */
  readonly withWorld: <T>(world: FakeWorld, act: () => Promise<T>, policy?: Partial<ClosurePolicy>) => Promise<T>;
  /** Requests the closure of the account of the world that is being run. */
  readonly request: (how?: { readonly isWithdrawnAtOnce?: boolean }) => Promise<ClosureUnderTest>;
  readonly close: () => Promise<void>;
}

export async function startTimeSkippingClosures(): Promise<TimeSkippingClosures> {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const environment = await startTimeSkipping({ searchAttributes: Object.values(SEARCH_ATTRIBUTES) });
  const workflowBundle = await bundle();
  let taskQueue = '';
  let person: Account | undefined;
  const requested: Guid[] = [];
  return {
    environment,
    withWorld: async (world, act, policy = {}) => {
      taskQueue = `closures-${randomBytes(6).toString('hex')}`;
      person = world.person;
      const { auditLog, ...ports } = world.dependencies;
      const activities = createActivities({ ...ports, policy: { ...POLICY, ...policy } });
      const worker = await createWorker({
        connection: environment.nativeConnection,
        namespace: environment.namespace ?? 'default',
        taskQueue,
        activities,
        auditLog,
        say: () => undefined,
        workflowBundle,
      });
      return await worker.runUntil(async () => {
        const answer = await act();
        await untilForgotten(environment, requested.splice(0));
        return answer;
      });
    },
    request: async ({ isWithdrawnAtOnce = false } = {}) => {
      if (person === undefined) throw new TypeError('Request a closure inside withWorld.');
      const closure = await requestOn(environment, { taskQueue, person, isWithdrawnAtOnce });
      requested.push(closure.closureId);
      return closure;
    },
    close: () => environment.teardown(),
  };
}

/**
 * Lets the follow-ups come to their end. One that lost its worker in the middle of an Activity would keep the server's clock
 * from jumping for everybody after it.
 */
async function untilForgotten(environment: TestWorkflowEnvironment, closureIds: readonly Guid[]): Promise<void> {
  for (const closureId of closureIds) {
    const followUp = environment.client.workflow.getHandle(forgetWorkflowId(closureId));
    await followUp.result().catch((error: unknown) => {
      // A closure that was refused at once leaves nothing to forget.
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    });
  }
}

let bundled: Promise<WorkflowBundleWithSourceMap> | undefined;

/** The Workflow bundle from the sources, made once. */
export function bundle(): Promise<WorkflowBundleWithSourceMap> {
  bundled ??= bundleWorkflowCode({
    workflowsPath: require.resolve('../../workflows'),
    logger: new DefaultLogger('ERROR'),
  });
  return bundled;
}

interface RequestUnderTest {
  readonly taskQueue: string;
  readonly person: Account;
  readonly isWithdrawnAtOnce: boolean;
}

async function requestOn(
  environment: TestWorkflowEnvironment,
  { taskQueue, person, isWithdrawnAtOnce }: RequestUnderTest,
): Promise<ClosureUnderTest> {
  const seed = randomBytes(32);
  const publicKey = publicKeyOf(seed);
  const closureId = closureIdOf(publicKey, closureWorkflowId(person));
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
  const status = (): Promise<ClosureStatus> => handle.query(statusQuery);
  const yesTo = ({ planDigest = '' }: ClosureStatus): Confirmation => signConfirmation(seed, closureId, planDigest);
  const until = (isThere: (now: ClosureStatus) => boolean) => () => passTimeUntil(environment, status, isThere);
  const untilPhase = (phase: Phase): Promise<ClosureStatus> => until((now) => now.phase === phase)();
  return {
    handle,
    closureId,
    status,
    untilPhase,
    untilAttention: until((now) => now.attention.length > 0),
    yesTo,
    confirm: async () => {
      const asked = await untilPhase('awaitingConfirmation');
      return await handle.executeUpdate(confirmUpdate, { args: [yesTo(asked)] });
    },
  };
}

const LOOKS = 2_000;

async function passTimeUntil(
  environment: TestWorkflowEnvironment,
  status: () => Promise<ClosureStatus>,
  isThere: (now: ClosureStatus) => boolean,
): Promise<ClosureStatus> {
  for (let look = 0; look < LOOKS; look += 1) {
    const now = await status();
    if (isThere(now)) return now;
    if (now.outcome !== undefined) throw new Error(`The closure ended as ${now.outcome} before.`);
    // The first looks are for what happens without waiting; then time passes, in growing steps.
    await environment.sleep(look < 20 ? 1 : Math.min(60_000 * (look - 19), 3_600_000));
  }
  throw new Error('The closure never came that far.');
}
