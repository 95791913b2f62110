import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';

/** Workflow Type of a closure. */
export const ACCOUNT_CLOSURE = 'accountClosure';

/** Workflow Type of the follow-up that removes what a closure left in storage. */
export const FORGET_CLOSURE = 'forgetClosure';

/** Workflow Type of a dry run: what a closure would erase. */
export const PLAN_CLOSURE = 'planClosure';

/** The Task Queue of the worker, unless `CLOSURE_TASK_QUEUE` names another one. */
export const DEFAULT_TASK_QUEUE = 'account-closure';

/** The Task Queue of a target that has a rate of its own, beside that of the closures. */
export function targetTaskQueue(taskQueue: string, target: string): string {
  return `${taskQueue}.${target}`;
}

/** Memo key under which a run keeps its closure id, so that a caller can tell whose run it found. */
export const CLOSURE_ID_MEMO = 'closureId';

/** Search attributes of a closure. None of them is personal data; `closure setup` registers them. */
export const SEARCH_ATTRIBUTES = {
  closureId: defineSearchAttributeKey('ClosureId', SearchAttributeType.KEYWORD),
  phase: defineSearchAttributeKey('ClosurePhase', SearchAttributeType.KEYWORD),
  receivedAt: defineSearchAttributeKey('ClosureReceivedAt', SearchAttributeType.DATETIME),
  /** Set while the person is asked. */
  confirmBy: defineSearchAttributeKey('ClosureConfirmBy', SearchAttributeType.DATETIME),
  /** GDPR Art. 12(3): one month from receipt. */
  dueBy: defineSearchAttributeKey('ClosureDueBy', SearchAttributeType.DATETIME),
  /** Whose tenant's it is, as `tenantKeyOf`: so that the closures of one tenant can be listed. */
  tenant: defineSearchAttributeKey('ClosureTenant', SearchAttributeType.KEYWORD),
  /** What waits for an operator, as `target:fault`; unset while nothing does. */
  attention: defineSearchAttributeKey('ClosureAttention', SearchAttributeType.KEYWORD_LIST),
} as const;
