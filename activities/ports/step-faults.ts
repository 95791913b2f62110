import type { EarlyFailure, FailureType } from '../../workflows/contract/failures';

const TOO_EARLY: Readonly<Record<EarlyFailure, string>> = {
  ExportRunning: 'The export is still running.',
  SecondLookDue: 'The second look is due after the quiet period.',
  ErasureRunning: 'The service is still erasing.',
  ReadsUnsettled: 'What was read may still lag: it is looked at again until that cannot be.',
};

/** Nothing is wrong with the step, it is only too early: look again after that time. Costs no history, holds no slot. */
export class NotYetError extends Error {
  readonly type: EarlyFailure;
  /** Milliseconds from now. */
  readonly lookAgainInMs: number;

  constructor(type: EarlyFailure, lookAgainInMs: number) {
    super(TOO_EARLY[type]);
    this.name = 'NotYetError';
    this.type = type;
    this.lookAgainInMs = lookAgainInMs;
  }
}

/** What a step can find that no repetition changes. */
const FOR_AN_OPERATOR = {
  ExportFailed: 'The directory has no export to give: a retry asks for a new one.',
  ExportOverdue: 'The export did not come within its deadline: a retry waits for it once more.',
  ExportLocationsBurnt: 'Every container for the export was used up without an export: see the runbook, then retry.',
  ExportTooLarge: 'The export has more files than a manifest can list: see the runbook.',
  AccountRestored:
    'The account lives again after we had deleted it: find out who restored it and why; a retry fences and deletes it anew.',
  AccountReenabled:
    'The account can sign in after we had blocked it: find out who enabled it and why; a retry fences it anew.',
  SubjectAmbiguous:
    'More than one row answers to this account, or one without a key: nobody can say whose data would be erased. Repair the data or the `subject` of the targets file, then retry.',
  IdentifiersMissing:
    'The identifiers that were sealed when the plan was made are gone, or are others: nobody can say whose data would be erased. Erase there by hand, then leave the target out with a basis (exempt).',
  TargetChanged:
    'The targets file describes this target otherwise than when the person said yes: put that description back, start the worker again and retry; or leave the target out with a basis (exempt), and erase there by hand.',
  TargetUnknown:
    'The targets file no longer has a target of this name: put it back as it was, start the worker again and retry; or leave the target out with a basis (exempt), and erase there by hand.',
} as const satisfies Partial<Record<FailureType, string>>;

/** A step cannot go on by itself: repeating it would not help before somebody has looked. */
export class StepNeedsOperatorError extends Error {
  readonly type: keyof typeof FOR_AN_OPERATOR;

  constructor(type: keyof typeof FOR_AN_OPERATOR) {
    super(FOR_AN_OPERATOR[type]);
    this.name = 'StepNeedsOperatorError';
    this.type = type;
  }
}
