import { describe, expect, it } from '@jest/globals';
import { AccessDeniedError, ThrottledError, UnavailableError } from '../../activities/ports/faults';
import { container, request, usedContainer } from '../support/export-requests';
import { FakeWorld } from '../support/fake-world';
import { gate } from '../support/gate';
import { attempt, Retries } from '../support/run-activity';

const MINUTE_MS = 60_000;

describe('a request whose answer was lost', () => {
  const lost = new UnavailableError({ farEnd: 'directory', operation: 'directory.request-export' });
  const LATER_MS = [1, 1.5, 4, 8, 12].map((minutes) => minutes * MINUTE_MS);

  /** The directory does nothing with the first request, and answers nothing or what is thrown. */
  function unheard(fault: unknown): FakeWorld {
    const world = new FakeWorld();
    world.before('requestExport', (times) => {
      if (times === 1) throw fault;
    });
    return world;
  }

  it('is not sent again while what it may have begun could still show, on whatever attempt it was lost', async () => {
    const world = new FakeWorld();
    const retries = new Retries(world.dependencies, request(world));
    world.before('createContainer', (times) => {
      if (times <= 4) throw new UnavailableError({ farEnd: 'export-storage' });
    });
    for (const minutes of [0, 3, 6, 9]) await expect(retries.at(minutes * MINUTE_MS)).rejects.toThrow();
    world.before('requestExport', () => {
      throw lost;
    });
    await expect(retries.at(12 * MINUTE_MS)).rejects.toMatchObject({ type: 'Unavailable' });

    for (const minutes of [13, 16, 19]) {
      await expect(retries.at(minutes * MINUTE_MS)).rejects.toMatchObject({ type: 'ReadsUnsettled' });
    }
    expect(world.effects).toEqual(['requestExport']);
  });

  it('is found when the directory writes into the container minutes later', async () => {
    const world = unheard(lost);
    const retries = new Retries(world.dependencies, request(world));
    await expect(retries.at(0)).rejects.toThrow();
    await expect(retries.at(3 * MINUTE_MS)).rejects.toMatchObject({ type: 'ReadsUnsettled' });

    const operationId = usedContainer(world, 1);

    await expect(retries.at(6 * MINUTE_MS)).resolves.toEqual({ operationId, container: container(1) });
    expect(world.effects).toEqual(['requestExport']);
  });

  it('is sent again into the same container when nothing has come of it for the whole lag', async () => {
    const world = unheard(lost);
    const retries = new Retries(world.dependencies, request(world));

    await expect(retries.upTo([0, ...LATER_MS])).resolves.toMatchObject({ container: container(1) });
    expect(world.effects).toEqual(['requestExport', 'requestExport']);
  });

  it('is waited for also when the attempt was killed and has told nothing', async () => {
    const world = unheard(new Error('killed'));
    await expect(attempt(world.dependencies, request(world))).rejects.toThrow();

    await expect(attempt(world.dependencies, request(world), { info: { attempt: 2 } })).rejects.toMatchObject({
      type: 'ReadsUnsettled',
    });
  });

  it.each([
    new ThrottledError({ farEnd: 'directory' }, 1_000),
    new AccessDeniedError({ farEnd: 'directory', operation: 'directory.request-export' }),
  ])('is another thing than one that was refused, which is sent again at once: %p', async (refused) => {
    const world = unheard(refused);
    const retries = new Retries(world.dependencies, request(world));
    await expect(retries.at(0)).rejects.toThrow();

    await expect(retries.at(MINUTE_MS)).resolves.toMatchObject({ container: container(1) });
  });

  it('is sent again at once after a refusal of an attempt that could tell nobody, because the log has it', async () => {
    const world = unheard(new ThrottledError({ farEnd: 'directory' }, 1_000));
    await expect(attempt(world.dependencies, request(world))).rejects.toMatchObject({ type: 'Throttled' });

    await expect(attempt(world.dependencies, request(world), { info: { attempt: 2 } })).resolves.toMatchObject({
      container: container(1),
    });
  });

  it('is waited for although an earlier one was refused', async () => {
    const world = new FakeWorld();
    const retries = new Retries(world.dependencies, request(world));
    world.before('requestExport', (times) => {
      throw times === 1 ? new ThrottledError({ farEnd: 'directory' }, 1_000) : lost;
    });
    await expect(retries.at(0)).rejects.toMatchObject({ type: 'Throttled' });
    await expect(retries.at(MINUTE_MS)).rejects.toMatchObject({ type: 'Unavailable' });

    await expect(retries.at(2 * MINUTE_MS)).rejects.toMatchObject({ type: 'ReadsUnsettled' });
  });

  it('is waited for also when an earlier one was lost and waited for: each one may have been accepted', async () => {
    const world = new FakeWorld();
    const retries = new Retries(world.dependencies, request(world));
    world.before('requestExport', () => {
      throw lost;
    });

    await expect(retries.upTo([0, ...LATER_MS])).rejects.toMatchObject({ type: 'Unavailable' });

    await expect(retries.at(13 * MINUTE_MS)).rejects.toMatchObject({ type: 'ReadsUnsettled' });
    expect(world.effects).toEqual(['requestExport', 'requestExport']);
  });

  it('is waited for once, whatever is refused after it', async () => {
    const world = new FakeWorld();
    const retries = new Retries(world.dependencies, request(world));
    world.before('requestExport', (times) => {
      if (times === 1) throw lost;
      if (times === 2) throw new ThrottledError({ farEnd: 'directory' }, 1_000);
    });

    await expect(retries.upTo([0, ...LATER_MS])).rejects.toMatchObject({ type: 'Throttled' });

    await expect(retries.at(13 * MINUTE_MS)).resolves.toMatchObject({ container: container(1) });
  });
});

describe('a request that was refused', () => {
  const refused = new AccessDeniedError({ farEnd: 'directory', operation: 'directory.request-export' });

  it('is sent again at once by attempts that know nothing of one another: a reset, or the next round', async () => {
    const world = new FakeWorld();
    world.before('requestExport', (times) => {
      if (times <= 2) throw refused;
    });
    await expect(attempt(world.dependencies, request(world))).rejects.toMatchObject({ type: 'AccessDenied' });
    await expect(attempt(world.dependencies, request(world))).rejects.toMatchObject({ type: 'AccessDenied' });

    await expect(attempt(world.dependencies, request(world, 2))).resolves.toMatchObject({ container: container(1) });
    const told = world.auditLog.entries.map(({ kind, occasion = '' }) =>
      `${kind} ${occasion.replace(/.*:/, '')}`.trim(),
    );
    expect(told).toEqual(['intent', 'mark 1', 'refusal 1', 'mark 2', 'refusal 2', 'intent', 'mark 3', 'result']);
  });

  it('is waited for when the refusal cannot be written', async () => {
    const world = new FakeWorld();
    world.before('requestExport', () => {
      world.before('append', () => {
        throw new UnavailableError({ farEnd: 'audit-log' });
      });
      throw refused;
    });
    await expect(attempt(world.dependencies, request(world))).rejects.toMatchObject({ type: 'AccessDenied' });
    world.before('append', () => undefined);

    await expect(attempt(world.dependencies, request(world))).rejects.toMatchObject({ type: 'ReadsUnsettled' });
    expect(world.effects).toEqual(['requestExport']);
  });

  it('says nothing about one beside it whose answer was lost', async () => {
    const world = new FakeWorld();
    const retries = new Retries(world.dependencies, request(world));
    const late = gate();
    world.before('requestExport', async (times) => {
      if (times > 1) throw refused;
      await late.hold();
      throw new UnavailableError({ farEnd: 'directory' });
    });
    const zombie = attempt(world.dependencies, request(world));
    await late.reached;
    await expect(retries.upTo([1, 2, 4, 8, 12].map((minutes) => minutes * MINUTE_MS))).rejects.toMatchObject({
      type: 'AccessDenied',
    });
    late.letGo();
    await expect(zombie).rejects.toMatchObject({ type: 'Unavailable' });

    await expect(attempt(world.dependencies, request(world))).rejects.toMatchObject({ type: 'ReadsUnsettled' });
  });
});

describe('two attempts that request an export at the same time', () => {
  it.each([1, 2])('send one request, also when an operator has begun a new round between them (%p)', async (round) => {
    const world = new FakeWorld();

    const ends = await Promise.allSettled([
      attempt(world.dependencies, request(world)),
      attempt(world.dependencies, request(world, round)),
    ]);

    expect(world.effects).toEqual(['requestExport']);
    expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('send one request more when the one before was refused', async () => {
    const world = new FakeWorld();
    world.before('requestExport', (times) => {
      if (times === 1) throw new ThrottledError({ farEnd: 'directory' }, 1_000);
    });
    await expect(attempt(world.dependencies, request(world))).rejects.toMatchObject({ type: 'Throttled' });

    await Promise.allSettled([
      attempt(world.dependencies, request(world)),
      attempt(world.dependencies, request(world, 2)),
    ]);

    expect(world.effects).toEqual(['requestExport', 'requestExport']);
  });
});
