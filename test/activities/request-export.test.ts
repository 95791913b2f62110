import { describe, expect, it } from '@jest/globals';
import type { RequestInfo } from '../../activities/ports/export-storage';
import { Sensitive } from '../../activities/ports/sensitive';
import { container, request, usedContainer, withProgress } from '../support/export-requests';
import { FakeWorld, POLICY } from '../support/fake-world';
import { UnavailableError } from '../../activities/ports/faults';
import { attempt, Retries, untilDone, type AttemptDependencies } from '../support/run-activity';

const MINUTE_MS = 60_000;
const OTHER_ID = '3c000000-0000-4000-8000-000000000003';

/** The world, with these things to be read from its containers. */
function withRequestInfo(world: FakeWorld, infos: Readonly<Record<string, RequestInfo>>): AttemptDependencies {
  const { storage, ...others } = world.dependencies;
  const readRequestInfo: typeof storage.readRequestInfo = async (name, signal) =>
    infos[name] ?? (await storage.readRequestInfo(name, signal));
  return { ...others, storage: { ...storage, readRequestInfo } };
}

describe('the request for an export', () => {
  it('is made into the first container of the closure', async () => {
    const world = new FakeWorld();

    const requested = await attempt(world.dependencies, request(world));

    expect(requested).toEqual({ operationId: expect.any(String), container: container(1) });
    expect(world.effects).toEqual(['requestExport']);
  });

  it('gives the directory a SAS that outlives the deadline by a week', async () => {
    const world = new FakeWorld();
    const expiries: number[] = [];
    const { storage, ...others } = world.dependencies;
    const grantWriting: typeof storage.grantWriting = (name, expiresAt) => {
      expiries.push(expiresAt.getTime() - Date.now());
      return Promise.resolve(new Sensitive(name));
    };

    await attempt({ ...others, storage: { ...storage, grantWriting } }, request(world));

    const week = 7 * 86_400_000;
    expect(expiries).toEqual([expect.any(Number)]);
    expect(Math.abs((expiries[0] ?? 0) - POLICY.exportDeadlineMs - week)).toBeLessThan(60_000);
  });

  it.each(['running', 'complete'] as const)(
    'adopts the operation that an earlier attempt left %s',
    async (progress) => {
      const world = new FakeWorld();
      const operationId = usedContainer(world, 1);

      const requested = await attempt(withProgress(world, { [operationId]: progress }), request(world));

      expect(requested).toEqual({ operationId, container: container(1) });
      expect(world.effects).toEqual([]);
    },
  );

  it('goes on to the next container when the operation has failed', async () => {
    const world = new FakeWorld();
    const operationId = usedContainer(world, 1);

    const requested = await attempt(withProgress(world, { [operationId]: 'failed' }), request(world));

    expect(requested).toMatchObject({ container: container(2) });
    expect(world.effects).toEqual(['requestExport']);
  });

  it('waits for an operation that was just queued to be known, and asks for no second export meanwhile', async () => {
    const world = new FakeWorld();
    const operationId = usedContainer(world, 1);

    const retries = new Retries(withProgress(world, { [operationId]: 'unknown' }), request(world));

    for (const minutes of [0, 3, 6, 9]) {
      await expect(retries.at(minutes * MINUTE_MS)).rejects.toMatchObject({
        type: 'ReadsUnsettled',
        category: 'BENIGN',
      });
    }
    expect(world.effects).toEqual([]);
  });

  it('goes on to the next container when the operation stays unknown', async () => {
    const world = new FakeWorld();
    const operationId = usedContainer(world, 1);

    const requested = await untilDone(withProgress(world, { [operationId]: 'unknown' }), request(world));

    expect(requested).toMatchObject({ container: container(2) });
    expect(world.effects).toEqual(['requestExport']);
  });

  it('may write for another deadline when an operator lets it run on', async () => {
    const world = new FakeWorld();
    const operationId = usedContainer(world, 1);

    const requested = await attempt(withProgress(world, { [operationId]: 'running' }), request(world, 2));

    expect(requested).toEqual({ operationId, container: container(1) });
    expect(world.calls).toContain('grantWriting');
    expect(world.effects).toEqual([]);
  });

  it('is looked for again when the directory says that the container was used', async () => {
    const world = new FakeWorld();
    const operationId = usedContainer(world, 1);
    // The file of the request that runs beside this one is not there at the first look.
    world.before('readRequestInfo', (times) => {
      if (times === 1) world.containers.set(container(1), {});
    });
    world.before('requestExport', () => {
      world.containers.set(container(1), { operationId });
    });

    const retries = new Retries(world.dependencies, request(world));
    await expect(retries.at(0)).rejects.toMatchObject({ type: 'ReadsUnsettled', nonRetryable: false });
    const second = await retries.at(MINUTE_MS);

    expect(second).toEqual({ operationId, container: container(1) });
    expect(world.effects).toEqual(['requestExport']);
  });

  it("believes nothing when the container names somebody else's account", async () => {
    const world = new FakeWorld();
    const own = { kind: 'present', operationId: 'operation-1', ...world.person } as const;
    for (const foreign of [
      { ...own, objectId: OTHER_ID },
      { ...own, tenantId: OTHER_ID },
    ]) {
      const outcome = attempt(withRequestInfo(world, { [container(1)]: foreign }), request(world));

      await expect(outcome).rejects.toMatchObject({ type: 'Indeterminate', nonRetryable: false });
    }
    expect(world.effects).toEqual([]);
  });
});

describe('a container whose RequestInfo.json is empty or broken', () => {
  const broken = { [container(1)]: { kind: 'broken' } } as const;

  it('may be filled in a moment: it is left alone and looked at again for as long as reads may lag', async () => {
    const world = new FakeWorld();
    const retries = new Retries(withRequestInfo(world, broken), request(world));

    for (const minutes of [0, 3, 6, 9]) {
      await expect(retries.at(minutes * MINUTE_MS)).rejects.toMatchObject({
        type: 'ReadsUnsettled',
        nonRetryable: false,
      });
    }
    expect(world.effects).toEqual([]);
    expect([...world.containers.keys()]).toEqual([container(1)]);
  });

  it('is looked at for the first time however old the Activity is', async () => {
    const world = new FakeWorld();
    const retries = new Retries(world.dependencies, request(world));
    world.before('createContainer', (times) => {
      if (times <= 5) throw new UnavailableError({ farEnd: 'export-storage' });
    });
    for (const minutes of [0, 3, 6, 9, 12]) await expect(retries.at(minutes * MINUTE_MS)).rejects.toThrow();

    const outcome = retries.at(15 * MINUTE_MS, withRequestInfo(world, broken));

    await expect(outcome).rejects.toMatchObject({ type: 'ReadsUnsettled' });
    expect(world.effects).toEqual([]);
  });

  it('is adopted when the operation stands in it at the next look', async () => {
    const world = new FakeWorld();
    const filled = { [container(1)]: { kind: 'present', operationId: 'operation-1', ...world.person } } as const;

    const retries = new Retries(world.dependencies, request(world));

    await expect(retries.at(0, withRequestInfo(world, broken))).rejects.toMatchObject({ type: 'ReadsUnsettled' });
    const requested = await retries.at(MINUTE_MS, withRequestInfo(world, filled));

    expect(requested).toEqual({ operationId: 'operation-1', container: container(1) });
    expect(world.effects).toEqual([]);
  });

  it('is burnt when it was broken for the whole lag: the next container is asked', async () => {
    const world = new FakeWorld();

    const requested = await untilDone(withRequestInfo(world, broken), request(world));

    expect(requested).toMatchObject({ container: container(2) });
    expect(world.effects).toEqual(['requestExport']);
  });
});
