import { describe, expect, it } from '@jest/globals';
import { createEventLog, createPino, createTemporalLogger } from '../../worker/logger';
import type { LogLevel } from '../../worker/config';

const CANARY = 'kanarienvogel';

/** A log that is kept: its raw lines. */
function kept(level: LogLevel = 'trace'): { readonly log: ReturnType<typeof createPino>; readonly lines: string[] } {
  const lines: string[] = [];
  return { lines, log: createPino(level, { write: (text: string) => lines.push(text) }) };
}

const parsed = (lines: readonly string[]): unknown[] => lines.map((line): unknown => JSON.parse(line));

describe('an event of the worker', () => {
  it.each([
    [30, { event: 'worker-started', taskQueue: 'closures', namespace: 'default' }],
    [30, { event: 'worker-stopping', signal: 'SIGTERM' }],
    [30, { event: 'worker-stopped' }],
    [60, { event: 'worker-refused', variables: ['DATABASE_URL'] }],
    [60, { event: 'worker-failed', errorClass: 'TypeError' }],
    [40, { event: 'search-attributes-unseen' }],
    [50, { event: 'search-attribute-mistyped', searchAttribute: 'ClosureId', expected: 'KEYWORD' }],
    [40, { event: 'far-end-away', farEnd: 'database', code: 'connection-refused', advice: 'Is it up?' }],
    [30, { event: 'far-end-back', farEnd: 'database' }],
  ] as const)('is a JSON line of level %p: %j', (level, event) => {
    const { log, lines } = kept();

    createEventLog(log)(event);

    expect(parsed(lines)).toEqual([{ level, time: expect.any(Number), ...event }]);
  });

  it.each([
    [40, { event: 'attempt-failed', failureType: 'Unavailable' }],
    [50, { event: 'defect', errorClass: 'TypeError', place: 'at erase (erase-target.ts:1:1)' }],
  ] as const)('of an attempt is a line of level %p: %j', (level, event) => {
    const { log, lines } = kept();
    const where = { activityType: 'eraseTarget', workflowId: 'closure-1', attempt: 2 };

    createEventLog(log)({ ...where, ...event });

    expect(parsed(lines)).toEqual([{ level, time: expect.any(Number), ...where, ...event }]);
  });

  it('is left out below the level', () => {
    const { log, lines } = kept('warn');

    createEventLog(log)({ event: 'worker-stopped' });

    expect(lines).toEqual([]);
  });

  it('is one line, whatever stands in a field', () => {
    const { log, lines } = kept();

    createEventLog(log)({ event: 'far-end-back', farEnd: 'database\n{"level":60,"event":"forged"}' });

    expect(lines).toHaveLength(1);
    expect(lines.join('').trimEnd()).not.toContain('\n');
  });
});

describe("the SDK's own log", () => {
  it('is a line with the fields that may be shown, and no other', () => {
    const { log, lines } = kept();

    createTemporalLogger(log).warn('Activity failed', {
      sdkComponent: 'worker',
      taskQueue: 'closures',
      namespace: 'default',
      workflowType: 'accountClosure',
      workflowId: 'closure-1',
      runId: 'run-1',
      activityType: 'eraseTarget',
      attempt: 3,
      taskToken: CANARY,
      args: [CANARY],
      result: { address: CANARY },
      durationMs: 7,
      activityId: CANARY,
    });

    expect(parsed(lines)).toEqual([
      {
        level: 40,
        time: expect.any(Number),
        event: 'temporal',
        msg: 'Activity failed',
        sdkComponent: 'worker',
        taskQueue: 'closures',
        namespace: 'default',
        workflowType: 'accountClosure',
        workflowId: 'closure-1',
        runId: 'run-1',
        activityType: 'eraseTarget',
        attempt: 3,
      },
    ]);
  });

  it('shows the class of an error, never its text or stack', () => {
    const { log, lines } = kept();

    createTemporalLogger(log).error('Worker failed', { error: new RangeError(CANARY, { cause: new Error(CANARY) }) });

    expect(parsed(lines)).toMatchObject([{ errorClass: 'RangeError' }]);
    expect(lines.join()).not.toContain(CANARY);
  });

  it('shows no field that is neither text nor number, whatever its name', () => {
    const { log, lines } = kept();

    createTemporalLogger(log).error('Worker failed', { workflowId: { secret: CANARY }, error: CANARY });

    expect(lines.join()).not.toContain(CANARY);
  });

  it('ends a message at its first line: what follows may be the text of an error', () => {
    const { log, lines } = kept();

    createTemporalLogger(log).info(`Failed to poll\n${CANARY}`);

    expect(parsed(lines)).toMatchObject([{ msg: 'Failed to poll' }]);
    expect(lines.join()).not.toContain(CANARY);
  });

  it.each([
    [`Error while polling for tasks: Status { message: "${CANARY}" }`, 'Error while polling for tasks'],
    [`Failing workflow task`, 'Failing workflow task'],
    [`Fatal error {${CANARY}}`, 'Fatal error'],
    [`Invalid header value '${CANARY}'`, 'Invalid header value'],
  ])('of its native part shows the fixed beginning of a message, and ids alone: %s', (message, shown) => {
    const { log, lines } = kept();

    createTemporalLogger(log).error(message, {
      sdkComponent: 'core',
      target: 'temporalio_sdk_core::worker',
      run_id: 'run-1',
      workflow_id: 'closure-1',
      failure: CANARY,
      error: CANARY,
      spanContexts: { poll: { workflow_id: CANARY } },
    });

    expect(parsed(lines)).toEqual([
      {
        level: 50,
        time: expect.any(Number),
        event: 'temporal',
        msg: shown,
        sdkComponent: 'core',
        runId: 'run-1',
        workflowId: 'closure-1',
      },
    ]);
  });

  it('keeps its levels, said either way', () => {
    const { log, lines } = kept();
    const logger = createTemporalLogger(log);

    logger.trace('1');
    logger.debug('2');
    logger.info('3');
    logger.warn('4');
    logger.error('5');
    for (const level of ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR'] as const) logger.log(level, level);

    expect(parsed(lines)).toMatchObject([10, 20, 30, 40, 50, 10, 20, 30, 40, 50].map((level) => ({ level })));
  });
});
