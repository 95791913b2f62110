import { ApplicationFailure, CancellationScope, condition, setHandler } from '@temporalio/workflow';
import * as state from './closure-state';
import type { Closure } from './closure';
import { expectOneVerification, type Confirmation } from './contract/confirmation';
import type { Refusal } from './contract/failures';
import {
  confirmSignal,
  confirmUpdate,
  resolveUpdate,
  statusQuery,
  withdrawSignal,
  withdrawUpdate,
} from './contract/messages';

const REFUSAL_TEXTS: Record<Refusal, string> = {
  'malformed-confirmation': 'A confirmation is { planDigest: 64 hex digits, signature: 86 characters base64url }.',
  'wrong-token':
    'The confirmation was not signed with the token of this closure: use the token that the closure was requested with.',
  'stale-plan': 'The confirmation is for another plan: show the plan of the status now, and confirm its planDigest.',
  'not-awaiting-confirmation': 'The closure does not wait for a confirmation: see its phase.',
  'past-point-of-no-return': 'The erasure has begun or the closure has ended: it cannot be withdrawn any more.',
  'nothing-to-resolve': 'No such step waits for an operator: see `attention` in the status.',
  'malformed-resolution':
    "A resolution is { target, action: 'retry', by }, where by is an opaque id of at most 64 letters, digits, '.', '_' or '-'.",
};

// Every Workflow has its own copy of this module and verifies one signature.
expectOneVerification();

/** Makes the closure listen. To be called before anything is awaited. */
export function listen(closure: Closure): void {
  setHandler(statusQuery, () => closure.status, { description: 'The closure as it stands.' });
  listenForConfirmation(closure);
  listenForWithdrawal(closure);
  setHandler(
    resolveUpdate,
    ({ target }) => {
      closure.apply((status) => state.resolved(status, target));
      return closure.status;
    },
    {
      description:
        'Lets a step that needs an operator try again: { "target": "…", "action": "retry", "by": "your-id" }.',
      validator: (value) => {
        refuse(state.resolutionRefusal(closure.status, value));
      },
    },
  );
}

function listenForConfirmation(closure: Closure): void {
  const refusalOf = (value: unknown): Refusal | undefined =>
    closure.isWithdrawalAsked
      ? 'not-awaiting-confirmation'
      : state.confirmationRefusal(closure.status, closure.request.publicKey, value);
  const accept = (confirmation: Confirmation): void => {
    if (state.isAcceptedConfirmation(closure.status, confirmation)) return;
    closure.apply((status) => state.confirmed(status, confirmation, new Date()));
  };
  const description =
    'The person says yes to the plan: { "planDigest": "…", "signature": "…" }, signed with the token.';

  setHandler(
    confirmSignal,
    (value) => {
      if (refusalOf(value) === undefined) accept(value);
      else closure.apply(state.confirmationRefused);
    },
    { description },
  );
  setHandler(
    confirmUpdate,
    (confirmation) => {
      accept(confirmation);
      return closure.status;
    },
    {
      description,
      validator: (value) => {
        refuse(refusalOf(value));
      },
    },
  );
}

function listenForWithdrawal(closure: Closure): void {
  const description = 'The person takes the request back. Possible until the erasure begins.';
  setHandler(
    withdrawSignal,
    () => {
      closure.withdraw();
    },
    { description },
  );
  setHandler(
    withdrawUpdate,
    async () => {
      closure.withdraw();
      await condition(() => closure.status.outcome !== undefined);
      return closure.status;
    },
    {
      description,
      validator: () => {
        refuse(state.withdrawalRefusal(closure.status));
      },
    },
  );
  // Temporal's own cancellation means the same as long as it can, and is ignored, visibly, from then on.
  void CancellationScope.current().cancelRequested.catch(() => {
    if (state.withdrawalRefusal(closure.status) === undefined) closure.withdraw();
    else closure.apply(state.cancellationIgnored);
  });
}

function refuse(refusal: Refusal | undefined): void {
  if (refusal !== undefined) throw ApplicationFailure.nonRetryable(REFUSAL_TEXTS[refusal], refusal);
}
