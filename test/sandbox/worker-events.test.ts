import { describe, expect, it } from '@jest/globals';
import { byLine, describeWorkerLine } from '../../sandbox/worker-events';

const AT = Date.parse('2026-01-31T10:11:12Z');

function line(level: number, fields: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ level, time: AT, ...fields });
}

describe('what the worker says, as a person reads it', () => {
  it('names the event, and a number by its name', () => {
    const failed = { event: 'attempt-failed', activityType: 'eraseTarget', attempt: 2, failureType: 'Throttled' };

    expect(describeWorkerLine(line(40, failed))).toBe(
      '10:11:12  worker: warning: attempt failed · eraseTarget · attempt 2 · Throttled',
    );
  });

  it('has no mark where all is well', () => {
    expect(describeWorkerLine(line(30, { event: 'far-end-back', farEnd: 'storage' }))).toBe(
      '10:11:12  worker: far end back · storage',
    );
  });

  it('is silent about the inside of the SDK, unless that warns', () => {
    expect(describeWorkerLine(line(30, { event: 'temporal', msg: 'Worker state changed' }))).toBeUndefined();
    expect(describeWorkerLine(line(50, { event: 'temporal', msg: 'Task failed', attempt: 3 }))).toBe(
      '10:11:12  worker: error: Task failed · attempt 3',
    );
  });

  it('keeps what is no event, such as the trace of a crash', () => {
    expect(describeWorkerLine('Error: out of memory')).toBe('          worker: Error: out of memory');
    expect(describeWorkerLine('{"half": ')).toBe('          worker: {"half": ');
    expect(describeWorkerLine('')).toBeUndefined();
  });

  it('is read line by line, however it arrives', () => {
    const lines: string[] = [];
    const hear = byLine((whole) => lines.push(whole));

    hear('one\ntw');
    hear('o\nthr');

    expect(lines).toEqual(['one', 'two']);
  });
});
