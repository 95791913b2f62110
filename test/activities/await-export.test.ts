import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { AwaitExportInput } from '../../workflows/contract/activities';
import { UnavailableError } from '../../activities/ports/faults';
import { FakeWorld, POLICY } from '../support/fake-world';
import { awaitInput, HISTORY } from '../support/inputs';
import { attempt, Retries, triedFor, untilDone, type AttemptSurroundings } from '../support/run-activity';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const { exportDeadlineMs: DEADLINE_MS } = POLICY;
const CONTAINER = 'export-1';
const AGES_MS = [0, 0.5, 4, 8, 11].map((minutes) => minutes * MINUTE_MS);

const look = (world: FakeWorld): readonly ['awaitExport', AwaitExportInput] => ['awaitExport', awaitInput(world)];
/** The world in which the export's container is there. */
function exported(): FakeWorld {
  const world = new FakeWorld();
  world.containers.set(CONTAINER, {});
  return world;
}

const worldWith = (exportState: FakeWorld['exportState']): FakeWorld => Object.assign(exported(), { exportState });
const measured = (text: string): object => ({
  sizeBytes: Buffer.byteLength(text),
  sha256: createHash('sha256').update(text).digest('hex'),
  etag: `"${text}"`,
});

/** An attempt of an Activity that was scheduled that long ago, and may take some hours longer than the deadline. */
const attemptAt = (ageMs: number, number = 1): AttemptSurroundings => ({
  info: { attempt: number, ...triedFor(ageMs), scheduleToCloseTimeoutMs: DEADLINE_MS + 6 * HOUR_MS },
});

async function failureOf(world: FakeWorld, surroundings: AttemptSurroundings): Promise<unknown> {
  return await attempt(world.dependencies, look(world), surroundings).then(
    () => 'complete',
    (failure: unknown) => failure,
  );
}

function isDelayed(failure: unknown): failure is { readonly nextRetryDelay: unknown } {
  return typeof failure === 'object' && failure !== null && 'nextRetryDelay' in failure;
}

describe('an export that runs', () => {
  it('is nothing that is wrong: the attempt ends at once as too early', async () => {
    const world = worldWith('running');
    const events: unknown[] = [];

    const outcome = attempt(world.dependencies, look(world), { say: (event) => events.push(event) });

    await expect(outcome).rejects.toMatchObject({ type: 'ExportRunning', category: 'BENIGN', nonRetryable: false });
    expect(events).toEqual([]);
    expect(world.calls).toEqual(['last', 'exportProgress']);
  });

  it('is looked at again after what the directory asks for, growing to an hour', async () => {
    const world = worldWith('running');

    for (const [number, nextRetryDelay] of [
      [1, MINUTE_MS],
      [2, 1.5 * MINUTE_MS],
      [3, 2.25 * MINUTE_MS],
      [11, 3_459_903],
      [12, HOUR_MS],
      [1_000, HOUR_MS],
    ] as const) {
      expect(await failureOf(world, attemptAt(0, number))).toMatchObject({ nextRetryDelay });
    }
  });

  it('is looked at after a minute when the directory does not say when', async () => {
    const world = exported();
    const { directory, ...others } = world.dependencies;
    const exportProgress: typeof directory.exportProgress = () => Promise.resolve({ progress: 'running' });

    const outcome = attempt({ ...others, directory: { ...directory, exportProgress } }, look(world));

    await expect(outcome).rejects.toMatchObject({ nextRetryDelay: MINUTE_MS });
  });

  it('is looked at a last time at the deadline', async () => {
    const failure = await failureOf(worldWith('running'), attemptAt(DEADLINE_MS - 30 * MINUTE_MS, 900));

    expect(failure).toMatchObject({ type: 'ExportRunning' });
    const delayMs = isDelayed(failure) ? Number(failure.nextRetryDelay) : Number.NaN;
    expect(Math.abs(delayMs - 30 * MINUTE_MS)).toBeLessThan(MINUTE_MS);
  });

  it('is overdue at the deadline, and somebody has to look', async () => {
    expect(await failureOf(worldWith('running'), attemptAt(DEADLINE_MS, 900))).toMatchObject({
      type: 'ExportOverdue',
      nonRetryable: true,
    });
  });

  it('that came at the last moment has time for its inventory', async () => {
    const world = exported();

    await expect(
      attempt(world.dependencies, look(world), attemptAt(DEADLINE_MS + HOUR_MS, 900)),
    ).resolves.toMatchObject({
      files: [expect.anything()],
    });
  });
});

describe('an export that the directory has none of', () => {
  it('needs an operator when it failed', async () => {
    await expect(attempt(worldWith('failed').dependencies, look(worldWith('failed')))).rejects.toMatchObject({
      type: 'ExportFailed',
      nonRetryable: true,
    });
  });

  it('needs an operator when it was unknown for the whole lag, and is looked for until then', async () => {
    const world = worldWith('unknown');
    const retries = new Retries(world.dependencies, look(world));

    for (const ageMs of AGES_MS.slice(0, -1)) {
      await expect(retries.at(ageMs)).rejects.toMatchObject({ type: 'ReadsUnsettled', nonRetryable: false });
    }
    await expect(retries.at(11 * MINUTE_MS)).rejects.toMatchObject({ type: 'ExportFailed', nonRetryable: true });
  });

  it('is not given up for one 404 after days', async () => {
    const world = worldWith('running');
    const retries = new Retries(world.dependencies, look(world));
    for (const hours of [0, 24, 48]) await expect(retries.at(hours * HOUR_MS)).rejects.toThrow();

    world.exportState = 'unknown';
    await expect(retries.at(72 * HOUR_MS)).rejects.toMatchObject({ type: 'ReadsUnsettled' });

    world.exportState = 'running';
    await expect(retries.at(73 * HOUR_MS)).rejects.toMatchObject({ type: 'ExportRunning' });
    world.exportState = 'unknown';
    await expect(retries.at(74 * HOUR_MS)).rejects.toMatchObject({ type: 'ReadsUnsettled' });
  });
});

describe('the inventory of a complete export', () => {
  it('has size, SHA-256 and ETag of every file in the order of the names, and no name', async () => {
    const world = exported();
    world.files = new Map([
      ['b.json', 'second, with a ü'],
      ['a.json', 'first'],
      ['c.json', ''],
    ]);

    const manifest = await attempt(world.dependencies, look(world));

    expect(manifest).toEqual({
      kind: 'saved',
      container: CONTAINER,
      files: [measured('first'), measured('second, with a ü'), measured('')],
    });
    expect(JSON.stringify(manifest)).not.toContain('.json');
  });

  it('is a valid answer when there are no files', async () => {
    const world = Object.assign(exported(), { files: new Map() });

    await expect(attempt(world.dependencies, look(world))).resolves.toEqual({
      kind: 'saved',
      container: CONTAINER,
      files: [],
    });
  });

  it('is of an export that is lost when its container is not there', async () => {
    const world = new FakeWorld();

    await expect(attempt(world.dependencies, look(world))).resolves.toEqual({ kind: 'lost' });
    expect(world.calls).not.toContain('listFiles');
  });

  it('is taken after writing was revoked', async () => {
    const world = exported();

    await attempt(world.dependencies, look(world));

    expect(world.calls).toEqual(['last', 'exportProgress', 'revokeWriting', 'listContainers', 'listFiles', 'readFile']);
  });

  it('needs an operator when there are more files than a payload can hold', async () => {
    const world = exported();
    const named = (count: number): Map<string, string> =>
      new Map(Array.from({ length: count }, (_, index) => [`${String(index)}.json`, '']));

    world.files = named(5_001);
    await expect(attempt(world.dependencies, look(world))).rejects.toMatchObject({
      type: 'ExportTooLarge',
      nonRetryable: true,
    });

    world.files = named(5_000);
    await expect(attempt(world.dependencies, look(world))).resolves.toHaveProperty('files.length', 5_000);
  });

  it('goes on after an interruption where it was: what was measured is not read again', async () => {
    const world = exported();
    world.files = new Map(['a', 'b', 'c', 'd'].map((name) => [name, `the text of ${name}`]));
    world.before('readFile', (times) => {
      if (times === 3) throw new UnavailableError({ farEnd: 'export-storage' });
    });
    const retries = new Retries(world.dependencies, look(world));

    await expect(retries.at(0)).rejects.toThrow();
    const manifest = await retries.at(MINUTE_MS);

    expect(manifest).toEqual({
      kind: 'saved',
      container: CONTAINER,
      files: ['a', 'b', 'c', 'd'].map((name) => measured(`the text of ${name}`)),
    });
    expect(world.calls.filter((call) => call === 'readFile')).toHaveLength(5);
  });

  it('reads again what has changed since', async () => {
    const world = exported();
    world.files = new Map(['a', 'b', 'c'].map((name) => [name, `the text of ${name}`]));
    world.before('readFile', (times) => {
      if (times === 3) throw new UnavailableError({ farEnd: 'export-storage' });
    });
    const retries = new Retries(world.dependencies, look(world));
    await expect(retries.at(0)).rejects.toThrow();

    world.files.set('b', 'another text');

    await expect(retries.at(MINUTE_MS)).resolves.toMatchObject({
      files: [measured('the text of a'), measured('another text'), measured('the text of c')],
    });
  });

  it.each([undefined, null, 'seven', { work: { files: [] } }, { work: [{ sizeBytes: 'one' }] }])(
    'begins anew when what an earlier attempt left is %p',
    async (heartbeatDetails) => {
      const world = exported();

      const manifest = await attempt(world.dependencies, look(world), { info: { attempt: 2, heartbeatDetails } });

      expect(manifest).toEqual(await untilDone(world.dependencies, look(world)));
      expect(world.calls.filter((call) => call === 'readFile')).toHaveLength(2);
    },
  );
});

describe('the export of a run that was reset past the point of no return', () => {
  async function begun(exportState: FakeWorld['exportState']): Promise<FakeWorld> {
    const world = worldWith(exportState);
    const passage = { ...HISTORY, attemptId: 'attempt-1', planDigest: 'ab', knownTurn: 0 };
    await world.turns.pass(passage, new AbortController().signal);
    return world;
  }

  it.each(['failed', 'unknown', 'running'] as const)(
    'is what storage holds, whatever the directory says of it by now: %s',
    async (exportState) => {
      const world = await begun(exportState);

      await expect(attempt(world.dependencies, look(world))).resolves.toMatchObject({
        container: CONTAINER,
        files: [measured('[{"Action":"OpenFile"}]')],
      });
      expect(world.calls).not.toContain('exportProgress');
    },
  );

  it('is lost once our own follow-up has deleted it: nothing is parked for it', async () => {
    const world = await begun('unknown');
    world.containers.delete(CONTAINER);

    await expect(attempt(world.dependencies, look(world))).resolves.toEqual({ kind: 'lost' });
  });
});
