import { describe, expect, it } from '@jest/globals';
import { UnavailableError } from '../../activities/ports/faults';
import type { WorkerEvent } from '../../worker/logger';
import { FakeWorld } from '../support/fake-world';
import { CLOSURE_ID, directoryInput } from '../support/inputs';
import { attempt } from '../support/run-activity';

/** What the worker says of an attempt in which a call of a port throws this. */
async function eventsOf(fault: unknown, cancelled = false): Promise<readonly WorkerEvent[]> {
  const world = new FakeWorld();
  const events: WorkerEvent[] = [];
  world.before('findAccount', () => {
    throw fault;
  });
  await attempt(world.dependencies, ['fenceTarget', directoryInput(world)], {
    info: { attempt: 2, workflowExecution: { workflowId: 'closure-1', runId: 'run-1' } },
    say: (event) => events.push(event),
    onStarted: (cancel) => {
      if (cancelled) cancel();
    },
  }).catch(() => undefined);
  return events;
}

describe('what the worker says of a failed attempt', () => {
  it('is the type of a fault that was foreseen, and where', async () => {
    await expect(eventsOf(new UnavailableError('directory', 503))).resolves.toEqual([
      {
        event: 'attempt-failed',
        activityType: 'fenceTarget',
        workflowId: 'closure-1',
        attempt: 2,
        failureType: 'Unavailable',
      },
    ]);
  });

  it('is class and place of one that was not, and nothing of its text', async () => {
    const [event] = await eventsOf(new TypeError('kanarienvogel\n    at kanarienvogel'));

    expect(event).toMatchObject({ event: 'defect', errorClass: 'TypeError', attempt: 2 });
    expect(JSON.stringify(event)).not.toContain('kanarien');
    expect(event).toHaveProperty('place', expect.stringMatching(/activity-interceptors\.test\.ts:\d+/));
  });

  it('shows no path of this machine', async () => {
    const [event] = await eventsOf(new TypeError('broken'));

    expect(JSON.stringify(event)).not.toContain(process.cwd());
  });

  it('is the kind of thing that was thrown when it is no error', async () => {
    await expect(eventsOf('kanarienvogel')).resolves.toMatchObject([
      { event: 'defect', errorClass: 'string', place: '' },
    ]);
  });

  it('is nothing when the attempt was cancelled', async () => {
    await expect(eventsOf(new UnavailableError('directory'), true)).resolves.toEqual([]);
  });
});

describe('an attempt behind the interceptors', () => {
  it('fails with a typed failure and a fixed text, never with what a port threw', async () => {
    const world = new FakeWorld();
    world.before('findAccount', () => {
      throw new Error('kanarienvogel');
    });

    const outcome = attempt(world.dependencies, ['checkEligibility', { closureId: CLOSURE_ID, account: world.person }]);

    await expect(outcome).rejects.toMatchObject({ type: 'Defect', message: expect.not.stringContaining('kanarien') });
  });
});
