import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/activity';
import { AccessDeniedError, UnavailableError } from '../../activities/ports/faults';
import { NotYetError } from '../../activities/ports/step-faults';
import type { WorkerEvent } from '../../worker/logger';
import { FakeWorld, POLICY } from '../support/fake-world';
import { closureRef, directoryInput } from '../support/inputs';
import { attempt, type AttemptSurroundings } from '../support/run-activity';

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

const WHERE = { activityType: 'fenceTarget', workflowId: 'closure-1', attempt: 2 };

describe('what the worker says of a failed attempt', () => {
  it('is the type of a fault that was foreseen, and where', async () => {
    await expect(eventsOf(new UnavailableError({ farEnd: 'directory', status: 503 }))).resolves.toEqual([
      { event: 'attempt-failed', ...WHERE, failureType: 'Unavailable' },
    ]);
  });

  it('is the call that failed and the far end’s own names for it, in opaque codes', async () => {
    const at = {
      farEnd: 'directory',
      operation: 'directory.find-account',
      code: 'Denied',
      requestId: 'request-1',
    } as const;

    await expect(eventsOf(new AccessDeniedError({ ...at, status: 403 }))).resolves.toEqual([
      {
        event: 'attempt-failed',
        ...WHERE,
        failureType: 'AccessDenied',
        operation: 'directory.find-account',
        code: 'Denied',
        requestId: 'request-1',
      },
    ]);
  });

  it('is no defect when the attempt ran out of its own time', async () => {
    await expect(eventsOf(new DOMException('over', 'TimeoutError'))).resolves.toEqual([
      { event: 'attempt-failed', ...WHERE, failureType: 'TimedOut' },
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

  it('is nothing when the attempt was cancelled, or was only too early', async () => {
    await expect(eventsOf(new UnavailableError({ farEnd: 'directory' }), true)).resolves.toEqual([]);
    await expect(eventsOf(new NotYetError('ReadsUnsettled', 1_000))).resolves.toEqual([]);
  });
});

describe('an attempt behind the interceptors', () => {
  it('fails with a typed failure and a fixed text, never with what a port threw', async () => {
    const world = new FakeWorld();
    world.before('findAccount', () => {
      throw new Error('kanarienvogel');
    });

    const outcome = attempt(world.dependencies, ['checkEligibility', closureRef(world)]);

    await expect(outcome).rejects.toMatchObject({ type: 'Defect', message: expect.not.stringContaining('kanarien') });
  });

  async function typeOf(changes: object): Promise<unknown> {
    const world = Object.assign(new FakeWorld(), { account: 'gone' as const });
    const input = { ...closureRef(world), ...changes };
    return await attempt(world.dependencies, ['checkEligibility', input]).then(
      () => 'believed at once',
      (failure: unknown) => (failure instanceof ApplicationFailure ? failure.type : failure),
    );
  }

  it('waits for reads as long as the worker says, unless the closure or its step says otherwise', async () => {
    await expect(typeOf({})).resolves.toBe('ReadsUnsettled');
    await expect(typeOf({ policy: { ...POLICY, readsLagMs: 0 } })).resolves.toBe('believed at once');
    await expect(typeOf({ readsLagMs: 0 })).resolves.toBe('believed at once');
  });
});

async function untilEnded(signal: AbortSignal): Promise<never> {
  await once(signal, 'abort');
  signal.throwIfAborted();
  throw new TypeError('the signal was aborted');
}

describe('an audit log that does not answer', () => {
  /** The database takes so long for its first answer. */
  function slowLog(answerAfterMs: number): FakeWorld {
    const world = new FakeWorld();
    world.before('append', async (times) => {
      if (times === 1) await pause(answerAfterMs, undefined, { ref: false });
    });
    return world;
  }

  /** An audit log whose calls end with their signal, as every adapter's do. */
  function endingWithSignal(world: FakeWorld): FakeWorld['dependencies'] {
    const { auditLog, ...others } = world.dependencies;
    const append: typeof auditLog.append = (entry, signal) =>
      Promise.race([auditLog.append(entry, signal), untilEnded(signal)]);
    return { ...others, auditLog: { ...auditLog, append } };
  }

  it('is beaten through: the entries before and after an effect belong to its attempt', async () => {
    const world = slowLog(1_500);
    let beats = 0;
    const surroundings: AttemptSurroundings = {
      info: { heartbeatTimeoutMs: 1_200 },
      beat: () => {
        beats += 1;
        return Promise.resolve();
      },
    };

    await expect(attempt(world.dependencies, ['fenceTarget', directoryInput(world)], surroundings)).resolves.toEqual({
      kind: 'fenced',
    });
    expect(beats).toBeGreaterThanOrEqual(2);
  });

  it('shows as a fault of the audit log when the attempt runs out of time over it, and nothing is destroyed', async () => {
    const world = slowLog(8_000);
    const events: WorkerEvent[] = [];

    const outcome = attempt(endingWithSignal(world), ['fenceTarget', directoryInput(world)], {
      info: { startToCloseTimeoutMs: 1_200 },
      say: (event) => events.push(event),
    });

    await expect(outcome).rejects.toMatchObject({ type: 'AuditLogUnavailable', nonRetryable: false });
    expect(events).toMatchObject([{ event: 'attempt-failed', failureType: 'AuditLogUnavailable' }]);
    expect(world.effects).toEqual([]);
  });

  it('ends the attempt before the server gives it up, when the server does not hear of it any more', async () => {
    const world = slowLog(8_000);
    const started = performance.now();

    const outcome = attempt(endingWithSignal(world), ['fenceTarget', directoryInput(world)], {
      info: { heartbeatTimeoutMs: 3_000 },
      beat: () => Promise.reject(new Error('the server is away')),
    });

    await expect(outcome).rejects.toMatchObject({ type: 'AuditLogUnavailable' });
    expect(performance.now() - started).toBeLessThan(3_000);
    expect(world.effects).toEqual([]);
  });
});
