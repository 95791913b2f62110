import type { FailureType } from '../workflows/contract/failures';

/** A step cannot go on by itself: repeating it would not help before somebody has looked. */
export class StepNeedsOperatorError extends Error {
  readonly type: Extract<FailureType, 'ExportFailed' | 'ExportLocationsBurnt' | 'ExportTooLarge'>;

  constructor(type: StepNeedsOperatorError['type'], message: string) {
    super(message);
    this.name = 'StepNeedsOperatorError';
    this.type = type;
  }
}
