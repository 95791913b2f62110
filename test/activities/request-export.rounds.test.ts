import { describe, expect, it } from '@jest/globals';
import { container, request, usedContainer, withProgress } from '../support/export-requests';
import { FakeWorld } from '../support/fake-world';
import { exportInput } from '../support/inputs';
import { attempt, type AttemptDependencies } from '../support/run-activity';

describe('a round of requests', () => {
  const allFailed = (world: FakeWorld, count: number): AttemptDependencies => {
    const numbers = Array.from({ length: count }, (_, index) => index + 1);
    return withProgress(
      world,
      Object.fromEntries(numbers.map((number) => [usedContainer(world, number), 'failed' as const])),
    );
  };

  it('burns at most three containers before somebody has to look', async () => {
    const world = new FakeWorld();

    const outcome = attempt(allFailed(world, 3), request(world));

    await expect(outcome).rejects.toMatchObject({ type: 'ExportLocationsBurnt', nonRetryable: true });
    expect(world.effects).toEqual([]);
    expect(world.containers.size).toBe(3);
  });

  it('uses the third when two are burnt', async () => {
    const world = new FakeWorld();

    await expect(attempt(allFailed(world, 2), request(world))).resolves.toMatchObject({ container: container(3) });
  });

  it('has three more when an operator asks for a new export', async () => {
    const world = new FakeWorld();

    await expect(attempt(allFailed(world, 5), request(world, 2))).resolves.toMatchObject({ container: container(6) });
    await expect(attempt(allFailed(world, 6), request(world, 3))).resolves.toMatchObject({ container: container(7) });
  });
});

describe('a container that is lost', () => {
  it('is passed over, and the next one is asked', async () => {
    const world = new FakeWorld();
    const input = { ...exportInput(world), lost: [container(1)] };

    await expect(attempt(world.dependencies, ['requestExport', input])).resolves.toMatchObject({
      container: container(2),
    });
    expect([...world.containers.keys()]).toEqual([container(2)]);
  });

  it('is not adopted, whatever the directory says of the operation in it', async () => {
    const world = new FakeWorld();
    const operationId = usedContainer(world, 1);
    const input = { ...exportInput(world), lost: [container(1)] };

    const requested = await attempt(withProgress(world, { [operationId]: 'complete' }), ['requestExport', input]);

    expect(requested).toMatchObject({ container: container(2) });
  });
});
