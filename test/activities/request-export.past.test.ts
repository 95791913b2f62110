import { describe, expect, it } from '@jest/globals';
import { container } from '../support/export-requests';
import { FakeWorld } from '../support/fake-world';
import { CLOSURE_ID, exportInput, HISTORY } from '../support/inputs';
import { attempt } from '../support/run-activity';

const request = (world: FakeWorld, round = 1, lost: readonly string[] = []) =>
  ['requestExport', { ...exportInput(world, round), lost }] as const;
const NONE_LEFT = { kind: 'none-left' };

/** The erasure of the closure has begun, and the account is gone. */
async function begin(world: FakeWorld): Promise<void> {
  const passage = { ...HISTORY, attemptId: 'attempt-1', planDigest: 'ab', knownTurn: 0 };
  await world.turns.pass(passage, new AbortController().signal);
  world.account = 'gone';
}

/** A closure whose first export was lost, and whose second one was made before the erasure began. */
async function madeTwice(firstRunId: string): Promise<{ readonly world: FakeWorld; readonly newest: unknown }> {
  const world = new FakeWorld();
  const inRound = (round: number, lost: readonly string[]) =>
    ['requestExport', { ...exportInput(world, round), firstRunId, lost }] as const;
  await attempt(world.dependencies, inRound(1, []));
  const newest = await attempt(world.dependencies, inRound(2, [container(1)]));
  await begin(world);
  world.calls.splice(0);
  return { world, newest };
}

/** The directory is not asked, and nothing is made. */
function expectNothingAsked(world: FakeWorld): void {
  for (const call of ['exportProgress', 'requestExport', 'createContainer', 'grantWriting'] as const) {
    expect(world.calls).not.toContain(call);
  }
}

describe('a request past the point of no return', () => {
  it('is answered with the newest export that was made, of whatever round, and the directory is not asked', async () => {
    const { world, newest } = await madeTwice(HISTORY.firstRunId);

    await expect(attempt(world.dependencies, request(world, 3))).resolves.toEqual(newest);

    expect(newest).toMatchObject({ container: container(2) });
    expectNothingAsked(world);
  });

  it('is not answered with what another history of the closure has recorded', async () => {
    const { world } = await madeTwice('run-0');
    world.containers.clear();

    await expect(attempt(world.dependencies, request(world, 3))).resolves.toEqual(NONE_LEFT);
  });
});

describe('a request past the point of no return of which nothing is recorded', () => {
  it('adopts the newest export that stands in a container, by the number of the container', async () => {
    const world = new FakeWorld();
    for (const number of [9, 10])
      world.containers.set(container(number), { operationId: `operation-${String(number)}` });
    world.containers.set(container(11), {});
    world.containers.set(container(12), { isBroken: true });
    world.containers.set(`export-${CLOSURE_ID.replace('6f', '7f')}-13`, { operationId: 'operation-13' });
    await begin(world);

    const requested = await attempt(world.dependencies, request(world));

    expect(requested).toEqual({ operationId: 'operation-10', container: container(10) });
    expectNothingAsked(world);
  });

  it('passes over a container that is lost', async () => {
    const world = new FakeWorld();
    for (const number of [1, 2])
      world.containers.set(container(number), { operationId: `operation-${String(number)}` });
    await begin(world);

    await expect(attempt(world.dependencies, request(world, 1, [container(2)]))).resolves.toMatchObject({
      container: container(1),
    });
  });

  it('asks for no new export when none is found: the account may be gone', async () => {
    const world = new FakeWorld();
    world.containers.set(container(1), {});
    await begin(world);

    await expect(attempt(world.dependencies, request(world))).resolves.toEqual(NONE_LEFT);
    expectNothingAsked(world);
  });

  it('records nothing when none is found, so that one that shows later is adopted', async () => {
    const world = new FakeWorld();
    await begin(world);
    await attempt(world.dependencies, request(world));
    world.containers.set(container(1), { operationId: 'operation-1' });

    await expect(attempt(world.dependencies, request(world))).resolves.toMatchObject({ operationId: 'operation-1' });
  });

  it("believes nothing when the container names somebody else's account", async () => {
    const world = new FakeWorld();
    world.containers.set(container(1), { operationId: 'operation-1' });
    await begin(world);
    const { tenantId } = world.person;
    const input = { ...exportInput(world), account: { tenantId, objectId: CLOSURE_ID } };

    await expect(attempt(world.dependencies, ['requestExport', input])).rejects.toMatchObject({
      type: 'Indeterminate',
    });
  });
});
