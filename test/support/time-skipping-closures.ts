import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll } from '@jest/globals';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime, type WorkflowBundlePath } from '@temporalio/worker';
import { WorkflowNotFoundError, type WorkflowHandle } from '@temporalio/client';
import { createActivities, type ActivityImplementations } from '../../activities';
import { startTemporal } from '../../sandbox/temporal/dev-server';
import { startTimeSkipping } from '../../sandbox/temporal/time-skipping-server';
import { createTargetWorker, createWorker } from '../../worker/worker';
import type { Account, Guid } from '../../workflows/contract/account';
import { dryRunWorkflowId, forgetWorkflowId } from '../../workflows/contract/ids';
import type { PlanClosureWorkflow } from '../../workflows/contract/messages';
import { PLAN_CLOSURE, SEARCH_ATTRIBUTES } from '../../workflows/contract/names';
import type { ClosurePolicy } from '../../workflows/contract/policy';
import { requestOn, type ClosureUnderTest } from './closure-under-test';
import { POLICY, type FakeWorld } from './fake-world';
import { guid } from './guid';
import { bundle } from './workflow-bundles';

export type { ClosureUnderTest } from './closure-under-test';

/** What is unlike the usual worker on the world's ports. */
export interface Differences {
  readonly policy?: Partial<ClosurePolicy>;
  /** Activities that do something else: for targets and faults that no port of ours has. */
  readonly instead?: Partial<ActivityImplementations>;
}

/** What is unlike a dry run that the client starts for the person of the world. */
export interface DryRunUnderTest {
  readonly workflowId?: string;
  readonly account?: Account;
}

/** A world with its worker. */
export interface WorldStage {
  /** The worker is away during the act. */
  readonly withoutWorker: <T>(act: () => Promise<T>) => Promise<T>;
  /** Requests the closure of the world's account. */
  readonly request: (how?: { readonly isWithdrawnAtOnce?: boolean }) => Promise<ClosureUnderTest>;
  /** Starts a dry run for it. */
  readonly plan: (how?: DryRunUnderTest) => Promise<WorkflowHandle<PlanClosureWorkflow>>;
}

/** Closures on a server whose clock jumps. Besides: `WorldStage` of the world that was staged last. */
export interface TimeSkippingClosures extends WorldStage {
  readonly environment: TestWorkflowEnvironment;
  /** Runs the act with a worker on the world's ports. Several at once are told apart by what the act is given. */
  readonly withWorld: <T>(
    world: FakeWorld,
    act: (stage: WorldStage) => Promise<T>,
    differences?: Differences,
  ) => Promise<T>;
  readonly close: () => Promise<void>;
}

/**
 * `real`: its time is everybody's. For what happens while a worker is away: a server whose clock jumps gives Workflow Tasks to
 * the polls of a worker that has gone, and they are lost.
 */
type ServerKind = 'time-skipping' | 'real';

interface Server {
  readonly environment: TestWorkflowEnvironment;
  readonly close: () => Promise<void>;
}

const SERVERS: Readonly<Record<ServerKind, () => Promise<Server>>> = {
  'time-skipping': async () => {
    const environment = await startTimeSkipping({ searchAttributes: Object.values(SEARCH_ATTRIBUTES) });
    return { environment, close: () => environment.teardown() };
  },
  real: async () => {
    const temporal = await startTemporal({ searchAttributes: Object.values(SEARCH_ATTRIBUTES) });
    const { address, namespace } = temporal;
    const environment = await TestWorkflowEnvironment.createFromExistingServer({ address, namespace });
    return {
      environment,
      close: async () => {
        await environment.teardown();
        await temporal.close();
      },
    };
  },
};

/** Starts the server; it serves as many worlds as wanted, one after the other. */
async function startClosures(kind: ServerKind): Promise<TimeSkippingClosures> {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const { environment, close } = await SERVERS[kind]();
  const workflowBundle = await bundle();
  let staged: Staged | undefined;
  const requireStaged = (): Staged => {
    if (staged === undefined) throw new TypeError('Only inside withWorld.');
    return staged;
  };
  return {
    environment,
    withWorld: async (world, act, differences = {}) => {
      const own = new Staged(environment, workflowBundle, { world, differences });
      staged = own;
      return await own.run(() => act(own));
    },
    withoutWorker: (act) => requireStaged().withoutWorker(act),
    request: (how) => requireStaged().request(how),
    plan: (how) => requireStaged().plan(how),
    close,
  };
}

interface Stage {
  readonly world: FakeWorld;
  readonly differences: Differences;
}

/** One world with its worker, on a Task Queue of its own. */
class Staged implements WorldStage {
  readonly #taskQueue = `closures-${randomBytes(6).toString('hex')}`;
  readonly #requested: Guid[] = [];
  readonly #environment: TestWorkflowEnvironment;
  readonly #bundle: WorkflowBundlePath;
  readonly #stage: Stage;
  #stop: () => Promise<void> = () => Promise.resolve();

  constructor(environment: TestWorkflowEnvironment, workflowBundle: WorkflowBundlePath, stage: Stage) {
    this.#environment = environment;
    this.#bundle = workflowBundle;
    this.#stage = stage;
  }

  async run<T>(act: () => Promise<T>): Promise<T> {
    await this.#start();
    try {
      const answer = await act();
      if (this.#environment.supportsTimeSkipping) await untilForgotten(this.#environment, this.#requested);
      return answer;
    } finally {
      await this.#stop();
    }
  }

  async withoutWorker<T>(act: () => Promise<T>): Promise<T> {
    await this.#stop();
    try {
      return await act();
    } finally {
      await this.#start();
    }
  }

  async request({ isWithdrawnAtOnce = false } = {}): Promise<ClosureUnderTest> {
    const { person } = this.#stage.world;
    const closure = await requestOn(this.#environment, { taskQueue: this.#taskQueue, person, isWithdrawnAtOnce });
    this.#requested.push(closure.closureId);
    return closure;
  }

  async plan({ account, workflowId }: DryRunUnderTest = {}): Promise<WorkflowHandle<PlanClosureWorkflow>> {
    return await this.#environment.client.workflow.start<PlanClosureWorkflow>(PLAN_CLOSURE, {
      workflowId: workflowId ?? dryRunWorkflowId(guid(randomUUID())),
      taskQueue: this.#taskQueue,
      args: [{ account: account ?? this.#stage.world.person }],
    });
  }

  async #start(): Promise<void> {
    const { world, differences } = this.#stage;
    const rules = { ...POLICY, ...differences.policy };
    const { dependencies } = world;
    const parts = {
      connection: this.#environment.nativeConnection,
      namespace: this.#environment.namespace ?? 'default',
      taskQueue: this.#taskQueue,
      activities: { ...createActivities({ ...dependencies, policy: rules }), ...differences.instead },
      auditLog: dependencies.auditLog,
      readsLagMs: rules.readsLagMs,
      say: () => undefined,
    };
    const rated = dependencies.catalog.targets.flatMap(({ name, rate }) =>
      rate === undefined ? [] : [{ name, ...rate }],
    );
    const workers = await Promise.all([
      createWorker({ ...parts, workflowBundle: this.#bundle }),
      ...rated.map((target) => createTargetWorker(parts, target)),
    ]);
    const running = Promise.all(workers.map((worker) => worker.run()));
    this.#stop = async () => {
      for (const worker of workers) worker.shutdown();
      await running;
    };
  }
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

/** Starts the server before the tests of a file, and ends it after them. To be called at the file's top level. */
export function closuresOfThisFile(kind: ServerKind = 'time-skipping'): Omit<TimeSkippingClosures, 'close'> {
  let started: TimeSkippingClosures | undefined;
  const closures = (): TimeSkippingClosures => {
    if (started === undefined) throw new TypeError('The server is not started yet.');
    return started;
  };
  beforeAll(async () => {
    started = await startClosures(kind);
  }, 120_000);
  afterAll(() => started?.close());
  return {
    get environment() {
      return closures().environment;
    },
    withWorld: (world, act, differences) => closures().withWorld(world, act, differences),
    withoutWorker: (act) => closures().withoutWorker(act),
    request: (how) => closures().request(how),
    plan: (how) => closures().plan(how),
  };
}
