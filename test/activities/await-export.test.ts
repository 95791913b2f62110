import { describe, expect, it } from '@jest/globals';
import { exported, look, worldWith } from '../support/awaited-export';
import type { FakeWorld } from '../support/fake-world';
import { POLICY } from '../support/fake-world';
import { attempt, Retries, triedFor, type AttemptSurroundings } from '../support/run-activity';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const { exportDeadlineMs: DEADLINE_MS } = POLICY;
const AGES_MS = [0, 0.5, 4, 8, 11].map((minutes) => minutes * MINUTE_MS);

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
