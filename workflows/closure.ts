import { setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import type { ClosureRef } from './contract/activities';
import type { Decision } from './contract/decisions';
import type { AccountClosureRequest } from './contract/messages';
import type { ClosurePolicy } from './contract/policy';
import type { RunningPhase } from './contract/phases';
import type { ClosureStatus } from './contract/status';
import * as state from './closure-state';
import { detailsOf } from './details';
import { Interruption } from './interruption';
import { Publication } from './publication';
import { Resets } from './resets';

/** One running closure: its status, what is known besides, and the few things that happen whenever the status changes. */
export class Closure {
  readonly request: AccountClosureRequest;
  /** The person takes the request back; see `withdrawal`. */
  readonly withdrawal = new Interruption();
  /** The person goes on without an export; see `save-data`. */
  readonly exportDeclined = new Interruption();
  readonly resets = new Resets();
  readonly #publication: Publication;
  readonly #rounds = new Map<string, number>();
  #status: ClosureStatus;
  #policy: ClosurePolicy | undefined;
  /** What was decided and is not known to be in the audit log. */
  #decisions: readonly Decision[];
  #lostContainers: readonly string[] = [];

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

  /** Replaces the status by what the change makes of it. */
  apply(change: (status: ClosureStatus) => ClosureStatus): void {
    this.#status = change(this.#status);
    setCurrentDetails(detailsOf(this.#status));
  }

  /** Goes on to the next phase of the story. */
  enter(phase: RunningPhase): void {
    this.apply((status) => state.entered(status, phase));
  }

  /** Shows phase, dates and attention to whoever lists closures. One event, and only when something changed. */
  publish(): void {
    this.#publication.update(this.#status);
  }

  /** Somebody decided something: the next Activity takes it to the audit log. */
  decided(decision: Decision): void {
    this.#decisions = [...this.#decisions, decision];
  }

  /** These decisions are in the audit log: an Activity that carried them has come back. */
  delivered(carried: readonly Decision[]): void {
    this.#decisions = this.#decisions.filter((decision) => !carried.includes(decision));
  }

  /** Which closure, as which history, of which account, and what was decided last: what every Activity needs. */
  ref(): ClosureRef {
    return {
      closureId: this.#status.closureId,
      firstRunId: workflowInfo().firstExecutionRunId,
      account: this.request.account,
      decisions: this.#decisions,
    };
  }
}
