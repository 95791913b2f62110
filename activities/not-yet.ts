import type { FailureType } from '../workflows/contract/failures';

/** Nothing is wrong, it is only too early: look again after that time. Costs no history, holds no slot. */
export class NotYetError extends Error {
  readonly type: Extract<FailureType, 'ExportRunning' | 'SecondLookDue'>;
  /** Milliseconds from now. */
  readonly lookAgainInMs: number;

  constructor(type: NotYetError['type'], lookAgainInMs: number) {
    super(type === 'ExportRunning' ? 'The export is still running.' : 'The second look is due after the quiet period.');
    this.name = 'NotYetError';
    this.type = type;
    this.lookAgainInMs = lookAgainInMs;
  }
}
