import { upsertMemo, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { SearchAttributeUpdatePair } from '@temporalio/common';
import { attentionLabels } from './closure-state';
import type { Account } from './contract/account';
import { tenantKeyOf } from './contract/ids';
import { CLOSURE_ID_MEMO, SEARCH_ATTRIBUTES } from './contract/names';
import type { ClosureStatus } from './contract/status';

/** What of a closure is shown to whoever lists closures: written when it changes, and only then. */
export class Publication {
  #published: string;

  /** Takes what a start by our client has shown; any other start is made up for. */
  constructor(opened: ClosureStatus, { tenantId }: Account) {
    this.#published = JSON.stringify(searchable(opened));
    if (workflowInfo().memo?.[CLOSURE_ID_MEMO] === opened.closureId) return;
    // Started by hand or by another program: without these nobody could tell whose run it is.
    upsertMemo({ [CLOSURE_ID_MEMO]: opened.closureId });
    upsertSearchAttributes([
      { key: SEARCH_ATTRIBUTES.tenant, value: tenantKeyOf(tenantId) },
      ...lasting(opened),
      ...searchable(opened),
    ]);
  }

  /** One event when something changed, none when not. */
  update(status: ClosureStatus): void {
    const pairs = searchable(status);
    const text = JSON.stringify(pairs);
    if (text === this.#published) return;
    this.#published = text;
    upsertSearchAttributes(pairs);
  }
}

/** What never changes. */
function lasting({ closureId, receivedAt, dueBy }: ClosureStatus): SearchAttributeUpdatePair[] {
  return [
    { key: SEARCH_ATTRIBUTES.closureId, value: closureId },
    { key: SEARCH_ATTRIBUTES.receivedAt, value: new Date(receivedAt) },
    { key: SEARCH_ATTRIBUTES.dueBy, value: new Date(dueBy) },
  ];
}

/** What changes; `null` takes an attribute away. */
function searchable(status: ClosureStatus): SearchAttributeUpdatePair[] {
  const { phase, confirmBy } = status;
  const labels = attentionLabels(status);
  const isAsked = phase === 'awaitingConfirmation' && confirmBy !== undefined;
  return [
    { key: SEARCH_ATTRIBUTES.phase, value: phase },
    { key: SEARCH_ATTRIBUTES.confirmBy, value: isAsked ? new Date(confirmBy) : null },
    { key: SEARCH_ATTRIBUTES.attention, value: labels.length > 0 ? labels : null },
  ];
}
