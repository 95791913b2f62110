import {
  CancellationScope,
  condition,
  isCancellation,
  setCurrentDetails,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import type { SearchAttributeUpdatePair } from '@temporalio/common';
import { SEARCH_ATTRIBUTES } from './contract/names';
import type { AccountClosureRequest } from './contract/messages';
import type { ClosurePolicy } from './contract/policy';
import type { Phase, ClosureStatus } from './contract/status';
import type { AttentionTarget } from './contract/targets';
import * as state from './closure-state';
import { assertDecoded, attentionOf, isActivityFault } from './attention';
import { detailsOf } from './details';

/** One running closure: its status, and the few things that happen whenever the status changes. */
export class Closure {
  readonly request: AccountClosureRequest;
  #status: ClosureStatus;
  #published: string;
  #policy: ClosurePolicy | undefined;
  #isWithdrawalAsked = false;
  #withdrawable: CancellationScope | undefined;

  constructor(workflowId: string, request: AccountClosureRequest, receivedAt: Date) {
    this.request = request;
    this.#status = state.opened(workflowId, request.publicKey, receivedAt);
    this.#published = this.#searchable();
    setCurrentDetails(detailsOf(this.#status));
  }

  /** The closure as it stands. */
  get status(): ClosureStatus {
    return this.#status;
  }

  /** Which closure, of which account: what every Activity needs. */
  get ref(): { closureId: ClosureStatus['closureId']; account: AccountClosureRequest['account'] } {
    return { closureId: this.#status.closureId, account: this.request.account };
  }

  /** The rules of this closure; `undefined` until the first look at the tenant has brought them. */
  get policy(): ClosurePolicy | undefined {
    return this.#policy;
  }

  /** From now on these are the rules. */
  adopt(policy: ClosurePolicy): void {
    this.#policy = policy;
  }

  /** Replaces the status by what the change makes of it. */
  apply(change: (status: ClosureStatus) => ClosureStatus): void {
    this.#status = change(this.#status);
    setCurrentDetails(detailsOf(this.#status));
  }

  /** Goes on to the next phase of the story. */
  enter(phase: Phase): void {
    this.apply((status) => state.entered(status, phase));
  }

  /**
   * Does one step. When it cannot go on it does not fail the closure: it waits until an operator has repaired the cause and
   * says so. The round counts how often the step was begun.
   */
  async step<T>(target: AttentionTarget, perform: (round: number) => Promise<T>): Promise<T> {
    for (let round = 1; ; round += 1) {
      const attempt = await this.#attempt(() => perform(round));
      if ('result' in attempt) return attempt.result;
      await this.#waitForOperator(target, attempt.fault, round);
    }
  }

  /** A read that usually answers at once: within the Workflow Task if it can, as an ordinary Activity if it cannot. */
  async read<T>(target: AttentionTarget, atOnce: () => Promise<T>, patiently: () => Promise<T>): Promise<T> {
    try {
      return assertDecoded(await atOnce());
    } catch (fault) {
      // Anything but the failure of an Activity is a defect of ours, and must be seen.
      if (isCancellation(fault) || !isActivityFault(fault)) throw fault;
      return await this.step(target, patiently);
    }
  }

  /** Does what a withdrawal ends. Leaves the closure `withdrawn`, and answers `undefined`, when one came. */
  async whileWithdrawable<T>(prepare: () => Promise<T>): Promise<T | undefined> {
    this.#withdrawable = new CancellationScope({ cancellable: true });
    // A withdrawal may have come before there was anything to end.
    if (this.#isWithdrawalAsked) this.#withdrawable.cancel();
    try {
      const prepared = await this.#withdrawable.run(prepare);
      if (!this.#isWithdrawalAsked) return prepared;
    } catch (fault) {
      if (!isCancellation(fault) || !this.#isWithdrawalAsked) throw fault;
    }
    if (this.#status.outcome === undefined) this.apply((status) => state.ended(status, 'withdrawn'));
    return undefined;
  }

  /** Ends whatever is under way, unless it is too late for that. */
  withdraw(): void {
    if (state.withdrawalRefusal(this.#status) !== undefined) return;
    this.#isWithdrawalAsked = true;
    this.#withdrawable?.cancel();
  }

  /** Whether a withdrawal was accepted; nothing destructive begins after that. */
  get isWithdrawalAsked(): boolean {
    return this.#isWithdrawalAsked;
  }

  /** Shows phase, date and attention to whoever lists closures. One event, and only when something changed. */
  publish(): void {
    const searchable = this.#searchable();
    if (searchable === this.#published) return;
    this.#published = searchable;
    upsertSearchAttributes(searchAttributesOf(this.#status));
  }

  async #attempt<T>(perform: () => Promise<T>): Promise<{ result: T } | { fault: unknown }> {
    this.publish();
    try {
      return { result: assertDecoded(await perform()) };
    } catch (fault) {
      if (isCancellation(fault)) throw fault;
      return { fault };
    }
  }

  async #waitForOperator(target: AttentionTarget, fault: unknown, round: number): Promise<void> {
    const attention = attentionOf(target, fault, round);
    this.apply((status) => state.parked(status, attention));
    this.publish();
    await condition(() => !this.#status.attention.includes(attention));
  }

  #searchable(): string {
    const { phase, confirmBy } = this.#status;
    return JSON.stringify([phase, confirmBy, state.attentionLabels(this.#status)]);
  }
}

function searchAttributesOf(status: ClosureStatus): SearchAttributeUpdatePair[] {
  const labels = state.attentionLabels(status);
  const pairs: SearchAttributeUpdatePair[] = [
    { key: SEARCH_ATTRIBUTES.phase, value: status.phase },
    { key: SEARCH_ATTRIBUTES.attention, value: labels.length > 0 ? labels : null },
  ];
  if (status.confirmBy !== undefined)
    pairs.push({ key: SEARCH_ATTRIBUTES.confirmBy, value: new Date(status.confirmBy) });
  return pairs;
}
