import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { AwaitExportInput } from '../../workflows/contract/activities';
import { UnavailableError } from '../../activities/ports/faults';
import { FakeWorld } from '../support/fake-world';
import { exportInput } from '../support/inputs';
import { attempt, untilDone, type AttemptSurroundings } from '../support/run-activity';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const CONTAINER = 'export-1';

const look = (world: FakeWorld): readonly ['awaitExport', AwaitExportInput] => [
  'awaitExport',
  { ...exportInput(world), operationId: 'operation-1', container: CONTAINER },
];
const measured = (text: string): object => ({
  sizeBytes: Buffer.byteLength(text),
  sha256: createHash('sha256').update(text).digest('hex'),
});

/** An attempt of an Activity that was scheduled that long ago and may take 35 days. */
const attemptAt = (ageMs: number, number: number): AttemptSurroundings => ({
  info: {
    attempt: number,
    scheduledTimestampMs: 1_000_000,
    currentAttemptScheduledTimestampMs: 1_000_000 + ageMs,
    scheduleToCloseTimeoutMs: 35 * 24 * HOUR_MS,
  },
});

async function nextLookMs(world: FakeWorld, surroundings: AttemptSurroundings): Promise<unknown> {
  return await attempt(world.dependencies, look(world), surroundings).then(
    () => 'complete',
    (failure: unknown) =>
      typeof failure === 'object' && failure !== null && 'nextRetryDelay' in failure ? failure.nextRetryDelay : failure,
  );
}

describe('an export that runs', () => {
  it('is nothing that is wrong: the attempt ends at once as too early', async () => {
    const world = Object.assign(new FakeWorld(), { exportState: 'running' as const });
    const events: unknown[] = [];

    const outcome = attempt(world.dependencies, look(world), { say: (event) => events.push(event) });

    await expect(outcome).rejects.toMatchObject({ type: 'ExportRunning', category: 'BENIGN', nonRetryable: false });
    expect(events).toEqual([]);
    expect(world.calls).toEqual(['exportProgress']);
  });

  it('is looked at again after what the directory asks for, growing to an hour', async () => {
    const world = Object.assign(new FakeWorld(), { exportState: 'running' as const });

    const delays = [];
    for (const number of [1, 2, 3, 11, 12, 1_000]) delays.push(await nextLookMs(world, attemptAt(0, number)));

    expect(delays).toEqual([MINUTE_MS, 1.5 * MINUTE_MS, 2.25 * MINUTE_MS, 3_459_902, HOUR_MS, HOUR_MS]);
  });

  it('is looked at after a minute when the directory does not say when', async () => {
    const world = new FakeWorld();
    const { directory, ...others } = world.dependencies;
    const exportProgress: typeof directory.exportProgress = () => Promise.resolve({ progress: 'running' });

    const outcome = attempt({ ...others, directory: { ...directory, exportProgress } }, look(world));

    await expect(outcome).rejects.toMatchObject({ nextRetryDelay: MINUTE_MS });
  });

  it('is looked at a last time one second before the deadline', async () => {
    const world = Object.assign(new FakeWorld(), { exportState: 'running' as const });
    const halfAnHourBefore = 35 * 24 * HOUR_MS - HOUR_MS / 2;

    await expect(nextLookMs(world, attemptAt(halfAnHourBefore, 900))).resolves.toBe(HOUR_MS / 2 - 1_000);
  });

  it('is left to the deadline when that is over within two seconds', async () => {
    const world = Object.assign(new FakeWorld(), { exportState: 'running' as const });
    const justBefore = 35 * 24 * HOUR_MS - 2_000;

    await expect(nextLookMs(world, attemptAt(justBefore, 900))).resolves.toBe(HOUR_MS);
  });
});

describe('an export that failed', () => {
  it.each(['failed', 'unknown'] as const)('needs an operator when the directory says %s', async (exportState) => {
    const world = Object.assign(new FakeWorld(), { exportState });

    await expect(attempt(world.dependencies, look(world), attemptAt(10 * MINUTE_MS, 9))).rejects.toMatchObject({
      type: 'ExportFailed',
      nonRetryable: true,
    });
  });

  it('may just not be known everywhere yet, for ten minutes', async () => {
    const world = Object.assign(new FakeWorld(), { exportState: 'unknown' as const });

    await expect(attempt(world.dependencies, look(world), attemptAt(10 * MINUTE_MS - 1, 9))).rejects.toMatchObject({
      type: 'ExportRunning',
      nonRetryable: false,
    });
  });
});

describe('the inventory of a complete export', () => {
  it('has size and SHA-256 of every file in the order of the names, and no name', async () => {
    const world = new FakeWorld();
    world.files = new Map([
      ['b.json', 'second, with a ü'],
      ['a.json', 'first'],
      ['c.json', ''],
    ]);

    const manifest = await attempt(world.dependencies, look(world));

    expect(manifest).toEqual({
      container: CONTAINER,
      files: [measured('first'), measured('second, with a ü'), measured('')],
    });
    expect(JSON.stringify(manifest)).not.toContain('.json');
  });

  it('is a valid answer when there are no files', async () => {
    const world = Object.assign(new FakeWorld(), { files: new Map() });

    await expect(attempt(world.dependencies, look(world))).resolves.toEqual({ container: CONTAINER, files: [] });
  });

  it('is taken after writing was revoked', async () => {
    const world = new FakeWorld();

    await attempt(world.dependencies, look(world));

    expect(world.calls).toEqual(['exportProgress', 'revokeWriting', 'listFiles', 'readFile']);
  });

  it('needs an operator when there are more files than a payload can hold', async () => {
    const world = new FakeWorld();
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
    const world = new FakeWorld();
    world.files = new Map(['a', 'b', 'c', 'd'].map((name) => [name, `the text of ${name}`]));
    let heartbeatDetails: unknown;
    const onHeartbeat = (details: unknown): void => {
      heartbeatDetails = structuredClone(details);
    };
    world.before('readFile', (times) => {
      if (times === 3) throw new UnavailableError('export-storage');
    });

    await expect(attempt(world.dependencies, look(world), { onHeartbeat })).rejects.toThrow();
    const info = { attempt: 2, heartbeatDetails };
    const manifest = await attempt(world.dependencies, look(world), { info });

    expect(manifest).toEqual({
      container: CONTAINER,
      files: ['a', 'b', 'c', 'd'].map((name) => measured(`the text of ${name}`)),
    });
    expect(world.calls.filter((call) => call === 'readFile')).toHaveLength(5);
  });

  it.each([undefined, null, 'seven', { files: [] }, [{ sizeBytes: 'one' }]])(
    'begins anew when what an earlier attempt left is %p',
    async (heartbeatDetails) => {
      const world = new FakeWorld();

      const manifest = await attempt(world.dependencies, look(world), { info: { attempt: 2, heartbeatDetails } });

      expect(manifest).toEqual(await untilDone(world.dependencies, look(world)));
      expect(world.calls.filter((call) => call === 'readFile')).toHaveLength(2);
    },
  );
});
