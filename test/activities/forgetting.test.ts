import { describe, expect, it } from '@jest/globals';
import { Client, Connection, type WorkflowSignalWithStartInput } from '@temporalio/client';
import { UnavailableError } from '../../activities/ports/faults';
import { FakeWorld } from '../support/fake-world';
import { CLOSURE_ID, deleteInput, HISTORY } from '../support/inputs';
import { attempt, untilDone } from '../support/run-activity';
import { clientThatSees, type Described } from '../support/temporal-that-knows';

const container = (number: number): string => `export-${CLOSURE_ID}-${String(number)}`;
const ended = clientThatSees(() => ({ status: 'COMPLETED', memo: CLOSURE_ID }));
const deletion = (round = 1) => ['deleteExports', deleteInput(round)] as const;
const deleteExports = (world: FakeWorld, round = 1, client = ended): Promise<unknown> =>
  attempt(world.dependencies, deletion(round), { client });

function worldWithContainers(names: readonly string[]): FakeWorld {
  const world = new FakeWorld();
  for (const name of names) world.containers.set(name, {});
  return world;
}

describe('the deletion of the exports', () => {
  it('deletes every container of the closure and of no other', async () => {
    const world = worldWithContainers([container(1), container(2), 'export-of-somebody-else']);

    await expect(deleteExports(world)).resolves.toEqual({ kind: 'deleted', containers: 2 });

    expect([...world.containers.keys()]).toEqual(['export-of-somebody-else']);
  });

  it('is done when there was nothing to delete', async () => {
    await expect(deleteExports(new FakeWorld())).resolves.toEqual({ kind: 'deleted', containers: 0 });
  });

  it('is not done while the storage still lists a container', async () => {
    const world = worldWithContainers([container(1)]);
    const { storage, ...others } = world.dependencies;
    const deleteContainer: typeof storage.deleteContainer = () => Promise.resolve('deleted');

    await expect(
      attempt({ ...others, storage: { ...storage, deleteContainer } }, deletion(), { client: ended }),
    ).rejects.toMatchObject({ type: 'Unavailable', nonRetryable: false });
  });

  it('has its entries and a true count each time: a late attempt may have created a container since', async () => {
    const world = worldWithContainers([container(1), container(2)]);
    await deleteExports(world, 1);
    world.containers.set(container(3), {});

    await expect(deleteExports(world, 2)).resolves.toEqual({ kind: 'deleted', containers: 1 });

    expect(world.containers.size).toBe(0);
    const results = world.auditLog.entries.filter(({ kind }) => kind === 'result');
    expect(results).toMatchObject([
      { firstRunId: 'forget-run-1', target: 'export', step: 'delete', round: 1, outcome: { containers: 2 } },
      { firstRunId: 'forget-run-1', target: 'export', step: 'delete', round: 2, outcome: { containers: 1 } },
    ]);
  });

  it.each([1, 2])('counts what it has deleted although the answer to deletion %p was lost', async (lost) => {
    const world = worldWithContainers([container(1), container(2)]);
    world.after('deleteContainer', (times) => {
      if (times === lost) throw new UnavailableError({ farEnd: 'export-storage' });
    });

    await expect(untilDone(world.dependencies, deletion(), { client: ended })).resolves.toEqual({
      kind: 'deleted',
      containers: 2,
    });
  });
});

describe('the export of a closure that goes on', () => {
  const RUNNING: readonly (readonly [string, Described])[] = [
    ['by its memo', { memo: CLOSURE_ID }],
    ['by its search attribute, where it was started without a memo', { attribute: CLOSURE_ID }],
    [
      'by its search attribute, where nobody can read its memo',
      { memo: 'foreign', isMemoUnreadable: true, attribute: CLOSURE_ID },
    ],
    ['by its memo, where an operator has paused it', { memo: CLOSURE_ID, status: 'PAUSED' }],
  ];

  it.each(RUNNING)('is never deleted (%s)', async (_how, described) => {
    const world = worldWithContainers([container(1)]);

    await expect(
      deleteExports(
        world,
        1,
        clientThatSees(() => described),
      ),
    ).resolves.toEqual({ kind: 'closure-goes-on' });
    expect(world.containers.size).toBe(1);
  });

  it('is kept as far as it is there when the run is reset during the deletion, and deleted when it has ended', async () => {
    const world = worldWithContainers([container(1), container(2)]);
    const during = clientThatSees(() => ({
      memo: CLOSURE_ID,
      status: world.containers.size < 2 ? 'RUNNING' : 'FAILED',
    }));

    await expect(deleteExports(world, 1, during)).resolves.toEqual({ kind: 'closure-goes-on' });
    expect([...world.containers.keys()]).toEqual([container(2)]);

    await expect(deleteExports(world, 1)).resolves.toEqual({ kind: 'deleted', containers: 2 });
  });

  it.each<[string, Described | undefined]>([
    ['it has ended', { status: 'COMPLETED', memo: CLOSURE_ID }],
    ['another closure has the account now', { memo: 'another-closure' }],
    ['Temporal knows nothing of it any more', undefined],
  ])('is not meant when %s', async (_why, described) => {
    const world = worldWithContainers([container(1)]);

    await expect(
      deleteExports(
        world,
        1,
        clientThatSees(() => described),
      ),
    ).resolves.toMatchObject({ kind: 'deleted' });
  });

  it.each<[string, Described | Error]>([
    ['does not answer', new Error('14 UNAVAILABLE: kanarienvogel')],
    ['shows a run that does not say yet whose it is', {}],
  ])('is not deleted while Temporal %s', async (_what, described) => {
    const world = worldWithContainers([container(1)]);

    await expect(
      deleteExports(
        world,
        1,
        clientThatSees(() => described),
      ),
    ).rejects.toMatchObject({
      type: 'Unavailable',
      message: 'The temporal did not answer.',
      nonRetryable: false,
    });
    expect(world.containers.size).toBe(1);
  });
});

describe('the arrangement that a closure is forgotten', () => {
  const request = { closureId: CLOSURE_ID, workflowId: 'closure-1', deleteExportsAt: '2026-02-28T00:00:00.000Z' };
  const input = { ...HISTORY, decisions: [], request };

  it('starts the follow-up on the same Task Queue, or gives the one that waits other times', async () => {
    const started: WorkflowSignalWithStartInput[] = [];
    const client = new Client({
      connection: Connection.lazy(),
      interceptors: {
        workflow: [
          {
            signalWithStart: (signalled) => {
              started.push(signalled);
              return Promise.resolve('run-1');
            },
          },
        ],
      },
    });
    const world = new FakeWorld();

    for (let time = 0; time < 2; time += 1) {
      await attempt(world.dependencies, ['arrangeForgetting', input], { client, info: { taskQueue: 'closures-7' } });
    }

    expect(started).toHaveLength(2);
    for (const { workflowType, signalName, signalArgs, options } of started) {
      expect({ workflowType, signalName, signalArgs }).toEqual({
        workflowType: 'forgetClosure',
        signalName: 'arrange',
        signalArgs: [request],
      });
      expect(options).toMatchObject({
        workflowId: `forget-${CLOSURE_ID}`,
        taskQueue: 'closures-7',
        args: [request],
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      });
    }
    expect(world.auditLog.entries).toEqual([]);
  });

  it('waits for a server that does not answer, and repeats nothing of what it says', async () => {
    const client = new Client({
      connection: Connection.lazy(),
      interceptors: { workflow: [{ signalWithStart: () => Promise.reject(new Error('kanarienvogel')) }] },
    });

    const outcome = attempt(new FakeWorld().dependencies, ['arrangeForgetting', input], { client });

    await expect(outcome).rejects.toMatchObject({ type: 'Unavailable', message: 'The temporal did not answer.' });
  });
});
