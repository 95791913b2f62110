import { describe, expect, it } from '@jest/globals';
import { UnavailableError } from '../../activities/ports/faults';
import type { ClosureActivities } from '../../workflows/contract/activities';
import { FakeWorld, type Call } from '../support/fake-world';
import {
  awaitInput,
  checkInput,
  CLOSURE_ID,
  closureRef,
  decisionFor,
  deleteInput,
  directoryInput,
  exportInput,
  planAgainInput,
  planInput,
  planTargetInput,
  turnsTaken,
} from '../support/inputs';
import { attempt, untilDone, type AttemptSurroundings } from '../support/run-activity';
import { clientThatSees } from '../support/temporal-that-knows';

/** What is left when an Activity is done: around it, in the database, and what it answered. */
interface EndState {
  readonly answer: unknown;
  readonly account: FakeWorld['account'];
  readonly isSignInBlocked: boolean;
  readonly containers: readonly (readonly [string, unknown])[];
  readonly results: readonly unknown[];
  readonly turn: string | undefined;
}

type Run = typeof attempt;

/** How an Activity is tried. */
interface Trial {
  readonly arrange?: (world: FakeWorld) => void;
  readonly perform: (world: FakeWorld, run: Run) => Promise<unknown>;
}

const containerOf = (attempts: number): string => `export-${CLOSURE_ID}-${String(attempts)}`;
const CONTAINER = containerOf(1);
const FILE = { sizeBytes: 23, sha256: 'ab', etag: '"[{"Action":"OpenFile"}]"' };
const client = clientThatSees(() => ({ status: 'COMPLETED' }));
const withClient: AttemptSurroundings = { client };

/** Every Activity that has a port to call, by type; `arrangeForgetting` asks Temporal alone, and each time the same. */
const TRIALS: Readonly<Record<Exclude<keyof ClosureActivities, 'arrangeForgetting'>, Trial>> = {
  checkEligibility: { perform: (world, run) => run(world.dependencies, ['checkEligibility', checkInput(world)]) },
  requestExport: { perform: (world, run) => run(world.dependencies, ['requestExport', exportInput(world)]) },
  awaitExport: { perform: (world, run) => run(world.dependencies, ['awaitExport', awaitInput(world, CONTAINER)]) },
  planErasure: { perform: (world, run) => run(world.dependencies, ['planErasure', planInput(world)]) },
  planAgain: { perform: (world, run) => run(world.dependencies, ['planAgain', planAgainInput(world)]) },
  planTarget: { perform: (world, run) => run(world.dependencies, ['planTarget', planTargetInput(world)]) },
  checkExport: {
    arrange: ({ containers }) => containers.set(CONTAINER, {}),
    perform: (world, run) => {
      const manifest = { container: CONTAINER, files: [FILE] };
      return run(world.dependencies, ['checkExport', { ...closureRef(world), manifest }]);
    },
  },
  fenceTarget: { perform: (world, run) => run(world.dependencies, ['fenceTarget', directoryInput(world)]) },
  eraseTarget: { perform: (world, run) => run(world.dependencies, ['eraseTarget', directoryInput(world)]) },
  verifyTarget: {
    arrange: (world) => {
      world.account = 'gone';
    },
    perform: (world, run) => run(world.dependencies, ['verifyTarget', { ...directoryInput(world), verifyAfterMs: 0 }]),
  },
  recordEnding: {
    perform: (world, run) =>
      run(world.dependencies, ['recordEnding', { ...closureRef(world), decision: decisionFor('withdrawn') }]),
  },
  deleteExports: {
    arrange: ({ containers }) => {
      for (const attempts of [1, 2]) containers.set(containerOf(attempts), { operationId: 'operation-1' });
    },
    perform: (world, run) => run(world.dependencies, ['deleteExports', deleteInput()], withClient),
  },
};

function worldOf({ arrange }: Trial): FakeWorld {
  const world = new FakeWorld();
  arrange?.(world);
  return world;
}

function endStateOf(world: FakeWorld, answer: unknown): EndState {
  return {
    answer,
    account: world.account,
    isSignInBlocked: world.isSignInBlocked,
    containers: [...world.containers],
    results: world.auditLog.entries
      .filter(({ kind }) => kind === 'result')
      .map(({ recordedAt, sequence, ...entry }) => entry),
    turn: turnsTaken(world).at(-1)?.kind,
  };
}

async function undisturbed(trial: Trial): Promise<{ readonly calls: readonly Call[]; readonly end: EndState }> {
  const world = worldOf(trial);
  const answer = await trial.perform(world, attempt);
  return { calls: world.calls, end: endStateOf(world, answer) };
}

/** Every call of the undisturbed Activity, as the how-maniest of its kind it is. */
function places(calls: readonly Call[]): readonly { readonly call: Call; readonly time: number }[] {
  return calls.map((call, index) => ({
    call,
    time: calls.slice(0, index + 1).filter((earlier) => earlier === call).length,
  }));
}

function failOnce(time: number): (times: number) => void {
  return (times) => {
    if (times === time) throw new UnavailableError({ farEnd: 'directory' });
  };
}

describe.each(Object.entries(TRIALS))('%s', (_name, trial) => {
  it('ends in the same state and says the same when it is run twice, and does its effect once', async () => {
    const world = worldOf(trial);

    const first = endStateOf(world, await trial.perform(world, attempt));
    const effects = world.effects.length;
    const second = endStateOf(world, await trial.perform(world, attempt));

    expect(second).toEqual(first);
    expect(world.effects).toHaveLength(effects);
  });

  it.each(['after', 'before'] as const)(
    'ends in the same state when any call of a port fails, %s it has done anything',
    async (when) => {
      const { calls, end } = await undisturbed(trial);
      expect(calls.length).toBeGreaterThan(0);

      for (const { call, time } of places(calls)) {
        const world = worldOf(trial);
        world[when](call, failOnce(time));
        const answer = await trial.perform(world, untilDone);

        expect({ call, time, ...endStateOf(world, answer) }).toEqual({ call, time, ...end });
      }
    },
  );
});

describe('a request for an export whose answer is lost at any call', () => {
  it('is never sent a second time', async () => {
    const { requestExport } = TRIALS;
    const { calls } = await undisturbed(requestExport);
    for (const { call, time } of places(calls)) {
      const world = worldOf(requestExport);
      world.after(call, failOnce(time));
      await requestExport.perform(world, untilDone);

      expect({ call, requests: world.effects }).toEqual({ call, requests: ['requestExport'] });
    }
  });
});
