import { setImmediate as soon } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import type { GuardedProcess } from '../../sandbox/guarded-process';
import { growingPause, keepRunning, type KeepOptions } from '../../sandbox/keep-running';
import { until } from '../support/until';

/** A process that ends when it is told to. */
interface Puppet extends GuardedProcess {
  readonly crash: () => void;
}

function puppet(): Puppet {
  let end: (code: number) => void = () => undefined;
  let isOver = false;
  const exited = new Promise<number>((resolve) => {
    end = (code) => {
      isOver = true;
      resolve(code);
    };
  });
  const finish = (code: number) => (): Promise<void> => {
    end(code);
    return Promise.resolve();
  };
  return {
    exited,
    hasExited: () => isOver,
    lastOutput: () => '',
    stop: finish(0),
    kill: finish(1),
    crash: () => {
      end(1);
    },
  };
}

describe('a program that is kept running', () => {
  it('is started again when it ends, and that is said', async () => {
    const { options, started, said } = stage();
    const kept = await keepRunning(options);

    started[0]?.crash();
    await until(
      () => said.length,
      (lines) => lines === 2,
    );

    expect(started).toHaveLength(2);
    expect(said).toEqual([
      'The worker has ended (exit code 1); it is started again in 0.001 s.',
      'The worker runs again.',
    ]);
    await kept.stop();
  });

  it('is not started again once it was stopped', async () => {
    const { options, started, said } = stage();
    const kept = await keepRunning(options);

    await kept.stop();
    await soon();

    expect(started).toHaveLength(1);
    expect(said).toEqual([]);
  });

  it('can be stopped while it waits for the next start', async () => {
    const { options, started, said } = stage({ pauseBefore: () => 3_600_000 });
    const kept = await keepRunning(options);
    started[0]?.crash();
    await until(
      () => said.length,
      (lines) => lines === 1,
    );

    await kept.stop();

    expect(started).toHaveLength(1);
  });

  it('waits longer each time that it ends soon', async () => {
    const counted: number[] = [];
    const pauseBefore = (timesInARow: number): number => {
      counted.push(timesInARow);
      return 1;
    };
    const { options, started } = stage({ pauseBefore });
    const kept = await keepRunning(options);

    for (const number of [1, 2, 3]) {
      started[number - 1]?.crash();
      await until(
        () => started.length,
        (count) => count === number + 1,
      );
    }

    expect(counted).toEqual([1, 2, 3]);
    await kept.stop();
  });

  it('is given up when it does not even start once', async () => {
    const { options, started } = stage({ untilReady: () => Promise.reject(new Error('GRAPH_URL is wrong')) });

    await expect(keepRunning(options)).rejects.toThrow('GRAPH_URL is wrong');
    expect(started.map((each) => each.hasExited())).toEqual([true]);
  });
});

describe('the pause before the next start', () => {
  it('begins with a second, doubles, and ends at half a minute', () => {
    expect([1, 2, 3, 4, 5, 6, 50].map(growingPause)).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  });
});

function stage(changes: Partial<KeepOptions> = {}): { options: KeepOptions; started: Puppet[]; said: string[] } {
  const started: Puppet[] = [];
  const said: string[] = [];
  const options: KeepOptions = {
    name: 'The worker',
    start: () => {
      const next = puppet();
      started.push(next);
      return next;
    },
    untilReady: () => Promise.resolve(),
    say: (line) => said.push(line),
    pauseBefore: () => 1,
    ...changes,
  };
  return { options, started, said };
}
