import { describe, expect, it } from '@jest/globals';
import { Client, Connection, type WorkflowStartInput } from '@temporalio/client';
import { FakeWorld } from '../support/fake-world';
import { CLOSURE_ID } from '../support/inputs';
import { attempt } from '../support/run-activity';

const container = (number: number): string => `export-${CLOSURE_ID}-${String(number)}`;
const deletion = ['deleteExports', { closureId: CLOSURE_ID }] as const;

function worldWithContainers(names: readonly string[]): FakeWorld {
  const world = new FakeWorld();
  for (const name of names) world.containers.set(name, {});
  return world;
}

describe('the deletion of the exports', () => {
  it('deletes every container of the closure and of no other', async () => {
    const world = worldWithContainers([container(1), container(2), 'export-of-somebody-else']);

    await expect(attempt(world.dependencies, deletion)).resolves.toEqual({ deletedContainers: 2 });

    expect([...world.containers.keys()]).toEqual(['export-of-somebody-else']);
  });

  it('is done when there was nothing to delete', async () => {
    await expect(attempt(new FakeWorld().dependencies, deletion)).resolves.toEqual({ deletedContainers: 0 });
  });

  it('is not done while the storage still lists a container', async () => {
    const world = worldWithContainers([container(1)]);
    const { storage, ...others } = world.dependencies;
    const deleteContainer: typeof storage.deleteContainer = () => Promise.resolve('deleted');

    await expect(attempt({ ...others, storage: { ...storage, deleteContainer } }, deletion)).rejects.toMatchObject({
      type: 'Unavailable',
      nonRetryable: false,
    });
  });

  it('is made again although it was recorded as done: a late attempt may have created a container since', async () => {
    const world = worldWithContainers([container(1), container(2)]);
    await attempt(world.dependencies, deletion);
    world.containers.set(container(3), {});

    await expect(attempt(world.dependencies, deletion)).resolves.toEqual({ deletedContainers: 1 });
    expect(world.containers.size).toBe(0);
    expect(world.auditLog.entries.map(({ target, step, kind, round }) => [target, step, kind, round])).toEqual([
      ['export', 'delete', 'intent', 1],
      ['export', 'delete', 'result', 1],
    ]);
  });
});

describe('the arrangement that a closure is forgotten', () => {
  it('starts the follow-up on the same Task Queue, or finds it started, without a word about the person', async () => {
    const started: WorkflowStartInput[] = [];
    const client = new Client({
      connection: Connection.lazy(),
      interceptors: {
        workflow: [
          {
            startWithDetails: (input) => {
              started.push(input);
              return Promise.resolve({ runId: 'run-1', eagerlyStarted: false });
            },
          },
        ],
      },
    });
    const world = new FakeWorld();
    const input = { closureId: CLOSURE_ID, deleteExportsAt: '2026-02-28T00:00:00.000Z' };

    for (let time = 0; time < 2; time += 1) {
      await attempt(world.dependencies, ['arrangeForgetting', input], { client, info: { taskQueue: 'closures-7' } });
    }

    expect(started).toHaveLength(2);
    for (const { workflowType, options } of started) {
      expect(workflowType).toBe('forgetClosure');
      expect(options).toMatchObject({
        workflowId: `forget-${CLOSURE_ID}`,
        taskQueue: 'closures-7',
        args: [input],
        workflowIdConflictPolicy: 'USE_EXISTING',
      });
    }
    expect(world.auditLog.entries).toEqual([]);
  });
});
