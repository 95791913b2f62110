import {
  CancellationScope,
  condition,
  isCancellation,
  patched,
  setCurrentDetails,
  workflowInfo,
} from '@temporalio/workflow';
import type { ClosureRef } from './contract/activities';
import type { Decision, Ending } from './contract/decisions';
import type { Rejection } from './contract/eligibility';
import type { FailureType } from './contract/failures';
import type { AccountClosureRequest, Resolution } from './contract/messages';
import type { ClosurePolicy } from './contract/policy';
import type { ClosureStatus, RunningPhase } from './contract/status';
import type { AttentionTarget } from './contract/targets';
import { recordEnding } from './activity-proxies';
import { assertDecoded, attentionOf, isActivityFault, type Trouble } from './attention';
import * as state from './closure-state';
import { detailsOf } from './details';
import { withdrawalRefusal } from './message-rules';
import { Publication } from './publication';

/** One running closure: its status, and the few things that happen whenever the status changes. */
export class Closure {
  readonly request: AccountClosureRequest;
  readonly #publication: Publication;
  readonly #rounds = new Map<string, number>();
  #status: ClosureStatus;
  #policy: ClosurePolicy | undefined;
  /** What was decided and is not known to be in the audit log. */
  #decisions: readonly Decision[];
  #isWithdrawalAsked = false;
  #lostContainers: readonly string[] = [];
  /** The run that was heard of last, from an Activity; and how many resets have shown by that. */
  #knownRunId: string | undefined;
  #resets = 0;
  #withdrawable: CancellationScope | undefined;
  #exporting: CancellationScope | undefined;

  constructor(workflowId: string, request: AccountClosureRequest, receivedAt: Date) {
    this.request = request;
    this.#status = state.opened(workflowId, request.publicKey, receivedAt);
    this.#decisions = [{ step: 'request', at: receivedAt.toISOString(), publicKey: request.publicKey }];
    this.#publication = new Publication(this.#status, request.account);
    setCurrentDetails(detailsOf(this.#status));
  }

  /** The closure as it stands. */
  get status(): ClosureStatus {
    return this.#status;
  }

  /** The rules of this closure; `undefined` until the first look at the tenant has brought them. */
  get policy(): ClosurePolicy | undefined {
    return this.#policy;
  }

  /** From now on these are the rules. */
  adopt(policy: ClosurePolicy): void {
    this.#policy = policy;
  }

  /** Counts the beginnings of something, from 1: so a retry is never mistaken for a new beginning. */
  nextRound(of: 'export' | 'plan'): number {
    const round = (this.#rounds.get(of) ?? 0) + 1;
    this.#rounds.set(of, round);
    return round;
  }

  /** Containers in which something of an export was lost. */
  get lostContainers(): readonly string[] {
    return this.#lostContainers;
  }

  /** The container is not used for an export again. */
  loseContainer(container: string): void {
    this.#lostContainers = [...this.#lostContainers, container];
  }

  /**
   * Whether this is another run than the one that was heard of last: it was reset, which nothing tells a Workflow. Known from
   * the first Workflow Task behind the reset on: what comes before it has to go as it went, so the answer is kept in history
   * as a patch is.
   */
  get isReset(): boolean {
    const { runId } = workflowInfo();
    return this.#knownRunId !== undefined && runId !== this.#knownRunId && patched(`reset-${this.#resets + 1}`);
  }

  /** An Activity of this closure was asked by that run. */
  heardOf(runId: string): void {
    this.#knownRunId = runId;
  }

  /** The same as `isReset`, once each. */
  noticesReset(): boolean {
    const isNews = this.isReset;
    if (isNews) this.#resets += 1;
    return isNews;
  }

  /** Replaces the status by what the change makes of it. */
  apply(change: (status: ClosureStatus) => ClosureStatus): void {
    this.#status = change(this.#status);
    setCurrentDetails(detailsOf(this.#status));
  }

  /** Goes on to the next phase of the story. */
  enter(phase: RunningPhase): void {
    this.apply((status) => state.entered(status, phase));
  }

  /** Somebody decided something: the next Activity takes it to the audit log. */
  decided(decision: Decision): void {
    this.#decisions = [...this.#decisions, decision];
  }

  /**
   * Does one step. When it cannot go on it does not fail the closure: it waits until an operator has repaired the cause and
   * says so, then it is tried again, with what was decided meanwhile. `onParked` is told with which fault it begins to wait.
   */
  async step<T>(
    target: AttentionTarget,
    perform: (ref: ClosureRef) => Promise<T>,
    onParked: (fault: FailureType) => void = () => undefined,
  ): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      this.publish();
      const attempt = await this.#attempt(perform);
      if ('result' in attempt) return attempt.result;
      const trouble = attentionOf(attempt.fault, tries);
      onParked(trouble.fault);
      await this.needsOperator(target, trouble);
    }
  }

  /** What usually takes no time: within the Workflow Task if it can, as an ordinary Activity if it cannot. */
  async quickly<T>(
    target: AttentionTarget,
    atOnce: (ref: ClosureRef) => Promise<T>,
    patiently: (ref: ClosureRef) => Promise<T>,
  ): Promise<T> {
    const attempt = await this.#attempt(atOnce);
    if ('result' in attempt) return attempt.result;
    // Anything but the failure of an Activity is a defect of ours, and must be seen.
    if (!isActivityFault(attempt.fault)) throw attempt.fault;
    return await this.step(target, patiently);
  }

  /** Shows what is wrong with a step, and waits until an operator says that it may go on. */
  async needsOperator(target: AttentionTarget, trouble: Trouble): Promise<void> {
    const attention = { target, since: new Date().toISOString(), ...trouble };
    this.apply((status) => state.parked(status, attention));
    this.publish();
    try {
      await condition(() => !this.#status.attention.includes(attention));
    } finally {
      // Also when what it was for was cancelled: nothing waits any longer.
      if (this.#status.attention.includes(attention)) this.apply((status) => state.unparked(status, target));
    }
  }

  /** An operator has answered the step that waits. */
  resolve({ target, action, by }: Resolution): void {
    const waiting = this.#status.attention.find((attention) => attention.target === target);
    if (waiting === undefined) return;
    const { since } = waiting;
    this.decided({ step: 'resolve', at: new Date().toISOString(), target, action, by, since });
    this.apply((status) => state.resolved(status, { target, since, action, by }));
  }

  /**
   * Writes how the closure ends; the status is the caller's to change. Answers `false` when the erasure has begun: then
   * nothing ends.
   */
  async end(ending: Ending): Promise<boolean> {
    const { kind } = await this.step('ending', (ref) => recordEnding({ ...ref, ending }));
    return kind === 'recorded';
  }

  /** Refuses the closure, unless its erasure has begun: then nothing ends, and it goes on. */
  async reject(rejection: Rejection): Promise<void> {
    const { reason } = rejection;
    this.decided({ step: 'reject', at: new Date().toISOString(), reason });
    // A used token is another closure's: nothing of that one is touched, not even its record.
    if (reason === 'token-used' || (await this.end('rejected'))) {
      this.apply((status) => state.rejected(status, rejection));
    }
  }

  /**
   * Does what a withdrawal ends. Leaves the closure `withdrawn`, and answers `undefined`, when one came in time. One that
   * came when the erasure had begun changes nothing: what it has interrupted is done again.
   */
  async whileWithdrawable<T>(perform: () => Promise<T>): Promise<T | undefined> {
    for (;;) {
      const attempt = await this.#untilWithdrawal(perform);
      if (!this.#isWithdrawalAsked || this.#status.outcome !== undefined) return attempt?.result;
      if (await this.#withdrawInTime()) return undefined;
      if (attempt !== undefined) return attempt.result;
    }
  }

  /** Ends whatever is under way, unless it is too late for that. */
  withdraw(): void {
    if (this.#isWithdrawalAsked || this.#status.outcome !== undefined) return;
    if (withdrawalRefusal(this.#status) !== undefined) return;
    this.#isWithdrawalAsked = true;
    this.decided({ step: 'withdraw', at: new Date().toISOString() });
    this.#withdrawable?.cancel();
  }

  /** Whether a withdrawal is being carried out; no confirmation is accepted meanwhile. */
  get isWithdrawalAsked(): boolean {
    return this.#isWithdrawalAsked;
  }

  /** Makes the export, unless the person goes on without one: then `undefined`. */
  async unlessDeclined<T>(save: () => Promise<T>): Promise<T | undefined> {
    this.#exporting = new CancellationScope({ cancellable: true });
    try {
      const saved = await this.#exporting.run(save);
      return this.#isDeclined() ? undefined : saved;
    } catch (fault) {
      if (!isCancellation(fault) || !this.#isDeclined() || this.#isWithdrawalAsked) throw fault;
      return undefined;
    } finally {
      this.#exporting = undefined;
    }
  }

  /** The person goes on without an export. */
  declineExport(signature: string): void {
    if (this.#isDeclined()) return;
    const at = new Date().toISOString();
    this.decided({ step: 'decline-export', at, signature });
    this.apply((status) => state.exportDeclined(status, at));
    this.#exporting?.cancel();
  }

  /** Shows phase, dates and attention to whoever lists closures. One event, and only when something changed. */
  publish(): void {
    this.#publication.update(this.#status);
  }

  async #untilWithdrawal<T>(perform: () => Promise<T>): Promise<{ result: T } | undefined> {
    if (this.#status.pointOfNoReturnAt !== undefined) return { result: await perform() };
    this.#withdrawable = new CancellationScope({ cancellable: true });
    // A withdrawal may have come before there was anything to end.
    if (this.#isWithdrawalAsked) this.#withdrawable.cancel();
    try {
      return { result: await this.#withdrawable.run(perform) };
    } catch (fault) {
      if (!isCancellation(fault) || !this.#isWithdrawalAsked) throw fault;
      return undefined;
    } finally {
      this.#withdrawable = undefined;
    }
  }

  async #withdrawInTime(): Promise<boolean> {
    const isInTime = await this.end('withdrawn');
    if (isInTime) this.apply((status) => state.ended(status, 'withdrawn'));
    else this.apply((status) => state.pastPointOfNoReturn(status, new Date()));
    this.#isWithdrawalAsked = false;
    return isInTime;
  }

  /** Which closure, as which history, of which account, and what was decided last: what every Activity needs. */
  #ref(): ClosureRef {
    return {
      closureId: this.#status.closureId,
      firstRunId: workflowInfo().firstExecutionRunId,
      account: this.request.account,
      decisions: this.#decisions,
    };
  }

  #isDeclined(): boolean {
    return this.#status.export?.kind === 'declined';
  }

  async #attempt<T>(perform: (ref: ClosureRef) => Promise<T>): Promise<{ result: T } | { fault: unknown }> {
    const carried = this.#decisions;
    try {
      const result = assertDecoded(await perform(this.#ref()));
      this.#decisions = this.#decisions.filter((decision) => !carried.includes(decision));
      return { result };
    } catch (fault) {
      if (isCancellation(fault)) throw fault;
      return { fault };
    }
  }
}
