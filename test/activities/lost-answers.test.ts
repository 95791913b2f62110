import { describe, expect, it } from '@jest/globals';
import { UnavailableError } from '../../activities/ports/faults';
import { FakeWorld, type Call } from '../support/fake-world';
import { CLOSURE_ID, directoryInput, exportInput } from '../support/inputs';
import { attempt, untilDone, type AttemptSurroundings } from '../support/run-activity';

/** What is left when an Activity is done: around it, in the audit log, and what it answered. */
interface EndState {
  readonly answer: unknown;
  readonly account: FakeWorld['account'];
  readonly isSignInBlocked: boolean;
  readonly containers: readonly (readonly [string, unknown])[];
  readonly entries: readonly unknown[];
}

type Perform = (world: FakeWorld, run: Run, surroundings?: AttemptSurroundings) => Promise<unknown>;
type Run = typeof attempt;

interface Trial {
  readonly name: string;
  readonly arrange?: (world: FakeWorld) => void;
  readonly perform: Perform;
}

const containerOf = (attempts: number): string => `export-${CLOSURE_ID}-${String(attempts)}`;

const TRIALS: readonly Trial[] = [
  {
    name: 'checkEligibility',
    perform: (world, run) =>
      run(world.dependencies, ['checkEligibility', { closureId: CLOSURE_ID, account: world.person }]),
  },
  {
    name: 'requestExport',
    perform: (world, run) => run(world.dependencies, ['requestExport', exportInput(world)]),
  },
  {
    name: 'awaitExport',
    perform: (world, run) =>
      run(world.dependencies, [
        'awaitExport',
        { ...exportInput(world), operationId: 'operation-1', container: containerOf(1) },
      ]),
  },
  {
    name: 'planErasure',
    perform: (world, run) =>
      run(world.dependencies, ['planErasure', { ...exportInput(world), targets: ['directory'] }]),
  },
  {
    name: 'fenceTarget',
    perform: (world, run) => run(world.dependencies, ['fenceTarget', directoryInput(world)]),
  },
  {
    name: 'eraseTarget',
    perform: (world, run) => run(world.dependencies, ['eraseTarget', directoryInput(world)]),
  },
  {
    name: 'verifyTarget',
    arrange: (world) => {
      world.account = 'gone';
    },
    perform: (world, run) => run(world.dependencies, ['verifyTarget', { ...directoryInput(world), verifyAfterMs: 0 }]),
  },
  {
    name: 'deleteExports',
    arrange: (world) => {
      for (const attempts of [1, 2]) world.containers.set(containerOf(attempts), { operationId: 'operation-1' });
    },
    perform: (world, run) => run(world.dependencies, ['deleteExports', { closureId: CLOSURE_ID }]),
  },
];

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
    entries: world.auditLog.entries.map(({ recordedAt, ...entry }) => entry),
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
    if (times === time) throw new UnavailableError('directory');
  };
}

/** How many containers there were is counted by the attempt that comes to the end: see the fact of its own below. */
function comparable(name: string, { answer, entries, ...end }: EndState): Partial<EndState> {
  return name === 'deleteExports' ? end : { ...end, answer, entries };
}

describe.each(TRIALS)('$name', (trial) => {
  it('ends in the same state and says the same when it is run twice, and does its effect once', async () => {
    const world = worldOf(trial);

    const first = endStateOf(world, await trial.perform(world, attempt));
    const effects = world.effects.length;
    const second = endStateOf(world, await trial.perform(world, attempt));

    expect(comparable(trial.name, second)).toEqual(comparable(trial.name, first));
    expect(world.effects).toHaveLength(effects);
  });

  it('ends in the same state whichever answer of a port is lost', async () => {
    const { calls, end } = await undisturbed(trial);
    expect(calls.length).toBeGreaterThan(0);

    for (const { call, time } of places(calls)) {
      const world = worldOf(trial);
      const { person } = world;
      world.after(call, failOnce(time));
      const answer = await trial.perform(world, untilDone);

      expect({ call, time, person, ...comparable(trial.name, endStateOf(world, answer)) }).toEqual({
        call,
        time,
        person,
        ...comparable(trial.name, end),
      });
    }
  });

  it('ends in the same state whichever call of a port fails before it does anything', async () => {
    const { calls, end } = await undisturbed(trial);

    for (const { call, time } of places(calls)) {
      const world = worldOf(trial);
      world.before(call, failOnce(time));
      const answer = await trial.perform(world, untilDone);

      expect({ call, time, ...comparable(trial.name, endStateOf(world, answer)) }).toEqual({
        call,
        time,
        ...comparable(trial.name, end),
      });
    }
  });
});

describe('a request for an export whose answer is lost at any call', () => {
  it('is never sent a second time', async () => {
    const trial = TRIALS.filter(({ name }) => name === 'requestExport');
    for (const requesting of trial) {
      const { calls } = await undisturbed(requesting);
      for (const { call, time } of places(calls)) {
        const world = worldOf(requesting);
        world.after(call, failOnce(time));
        await requesting.perform(world, untilDone);

        expect({ call, requests: world.effects }).toEqual({ call, requests: ['requestExport'] });
      }
    }
  });
});
