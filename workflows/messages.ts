import {
  ApplicationFailure,
  CancellationScope,
  condition,
  setDefaultSignalHandler,
  setHandler,
} from '@temporalio/workflow';
import type { SignalDefinition, UpdateDefinition } from '@temporalio/common';
import * as state from './closure-state';
import type { Closure } from './closure';
import { expectOneVerification, isConfirmation, type Confirmation, type Report } from './contract/confirmation';
import {
  confirmSignal,
  confirmUpdate,
  reportUpdate,
  resolveUpdate,
  statusQuery,
  withdrawSignal,
  withdrawUpdate,
  type Resolution,
} from './contract/messages';
import { isExportDeclined } from './contract/export';
import { REFUSAL_TEXTS, type Refusal } from './contract/refusals';
import type { ClosureStatus } from './contract/status';
import * as rules from './message-rules';
import { declineExport } from './save-data';
import { resolve } from './steps';
import { withdraw } from './withdrawal';

/** What a closure listens to: one entry a message, whichever way it comes. */
interface Message<Args extends [unknown?]> {
  readonly update: UpdateDefinition<ClosureStatus, Args>;
  /** The same message for callers that do not wait. */
  readonly signal?: SignalDefinition<Args>;
  readonly description: string;
  /** Why it is refused now, whatever it holds. */
  readonly refusal: (value: unknown) => Refusal | undefined;
  /** Whether this very message was accepted before: then it succeeds again and changes nothing. */
  readonly isRepeat: (...args: Args) => boolean;
  /** Called with what was not refused and is no repeat. */
  readonly accept: (...args: Args) => void;
  /** What an Update waits for before it answers. @throws ApplicationFailure when it came too late after all */
  readonly settled?: () => Promise<void>;
  /** Called for a Signal that was refused: nobody else hears of it. */
  readonly onRefusedSignal?: () => void;
}

/** So many repeats of a message are accepted: a run takes 2,000 Updates, and the one that repairs it must still get through. */
const MOST_REPEATS = 100;

/** So many signatures that came by Signal are checked; anybody may send Signals, and each check takes milliseconds. */
const MOST_SIGNATURES_BY_SIGNAL = 100;

// Every Workflow has its own copy of this module and verifies one signature.
expectOneVerification();

/** Makes the closure listen. To be called before anything is awaited. */
export function listen(closure: Closure): void {
  setHandler(statusQuery, () => closure.status, { description: 'The closure as it stands.' });
  register(closure, confirmation(closure));
  register(closure, withdrawal(closure));
  register(closure, resolution(closure));
  register(closure, report(closure));
  listenForCancellation(closure);
  // The last: it takes all that is left. A Signal that nobody knows would otherwise be kept for a handler that never comes.
  setDefaultSignalHandler(() => undefined);
}

function confirmation(closure: Closure): Message<[Confirmation]> {
  return {
    update: confirmUpdate,
    signal: confirmSignal,
    description: 'The person says yes to the plan: { "planDigest": "…", "signature": "…" }, signed with the token.',
    refusal: (value) => {
      if (closure.withdrawal.calledAt !== undefined)
        return isConfirmation(value) ? 'not-awaiting-confirmation' : 'malformed-confirmation';
      return rules.confirmationRefusal(closure.status, value, circumstances(closure));
    },
    isRepeat: (value) => rules.isAcceptedConfirmation(closure.status, value),
    accept: ({ planDigest, signature }) => {
      const at = new Date();
      closure.decided({ step: 'confirm', at: at.toISOString(), planDigest, signature });
      const coolingOffMs = closure.policy?.coolingOffMs ?? 0;
      closure.apply((status) => state.confirmed(status, { planDigest, signature }, { at, coolingOffMs }));
    },
    onRefusedSignal: () => {
      closure.apply(state.confirmationRefused);
    },
  };
}

function withdrawal(closure: Closure): Message<[]> {
  return {
    update: withdrawUpdate,
    signal: withdrawSignal,
    description: 'The person takes the request back. Possible until the erasure begins.',
    refusal: () => rules.withdrawalRefusal(closure.status),
    isRepeat: () => closure.withdrawal.calledAt !== undefined,
    accept: () => {
      withdraw(closure);
    },
    settled: async () => {
      // Not ended by a cancellation of the Workflow: that means the same.
      await CancellationScope.nonCancellable(() =>
        condition(() => closure.withdrawal.calledAt === undefined || closure.status.outcome !== undefined),
      );
      refuse(rules.withdrawalRefusal(closure.status));
    },
  };
}

function resolution(closure: Closure): Message<[Resolution]> {
  return {
    update: resolveUpdate,
    description:
      'Lets a step that needs an operator try again: { "target": "…", "action": "retry", "by": "your-id", "since": "…" }; or leaves out an erasure target: "action": "exempt", "basis": "…".',
    refusal: (value) => rules.resolutionRefusal(closure.status, value, closure.policy?.bases ?? []),
    isRepeat: (value) => rules.isAnsweredAlike(closure.status, value),
    accept: (value) => {
      resolve(closure, value);
    },
  };
}

function report(closure: Closure): Message<[Report]> {
  return {
    update: reportUpdate,
    description: 'The person goes on without an export: { "step": "export-declined", "signature": "…" }.',
    refusal: (value) => rules.reportRefusal(closure.status, value, circumstances(closure)),
    isRepeat: () => isExportDeclined(closure.status),
    accept: ({ signature }) => {
      declineExport(closure, signature);
    },
  };
}

/** Temporal's own cancellation means a withdrawal as long as it can, and is ignored, visibly, from then on. */
function listenForCancellation(closure: Closure): void {
  void CancellationScope.current().cancelRequested.catch(() => {
    const refusal = rules.withdrawalRefusal(closure.status);
    if (refusal === undefined) withdraw(closure);
    else if (refusal === 'past-point-of-no-return') closure.apply(state.cancellationIgnored);
  });
}

function register<Args extends [unknown?]>(closure: Closure, message: Message<Args>): void {
  const { update, signal, description, refusal, isRepeat, accept, settled } = message;
  let repeats = 0;
  setHandler(
    update,
    async (...args: Args) => {
      if (isRepeat(...args)) repeats += 1;
      else accept(...args);
      await settled?.();
      return closure.status;
    },
    {
      description,
      validator: (...args: Args) => {
        refuse(refusal(args[0]));
        if (repeats >= MOST_REPEATS && isRepeat(...args)) refuse('repeated-too-often');
      },
    },
  );
  if (signal !== undefined) setHandler(signal, onSignal(message), { description });
}

/** Bounded work, however many come: what a replay has to do again is bounded with it. */
function onSignal<Args extends [unknown?]>({
  refusal,
  isRepeat,
  accept,
  onRefusedSignal,
}: Message<Args>): (...args: Args) => void {
  let wrongSignatures = 0;
  return (...args) => {
    const reason = wrongSignatures < MOST_SIGNATURES_BY_SIGNAL ? refusal(args[0]) : 'wrong-token';
    if (reason === 'wrong-token') wrongSignatures += 1;
    if (reason !== undefined) onRefusedSignal?.();
    else if (!isRepeat(...args)) accept(...args);
  };
}

function circumstances({ request: { publicKey } }: Closure): rules.Circumstances {
  return { publicKey, now: new Date() };
}

function refuse(refusal: Refusal | undefined): void {
  if (refusal !== undefined) throw ApplicationFailure.nonRetryable(REFUSAL_TEXTS[refusal], refusal);
}
