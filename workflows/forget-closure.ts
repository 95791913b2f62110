import {
  ActivityFailure,
  ApplicationFailure,
  condition,
  isCancellation,
  setCurrentDetails,
  setDefaultSignalHandler,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { deleteExports } from './activity-proxies';
import { assertDecoded, attentionOf } from './attention';
import type { DeleteExportsOutcome } from './contract/activities';
import {
  arrangeSignal,
  isForgetClosureRequest,
  type ForgetClosureRequest,
  type ForgetClosureResult,
} from './contract/messages';
import { SEARCH_ATTRIBUTES } from './contract/names';

/** Then somebody may have repaired what keeps the containers from being deleted, or the closure may have ended. */
const LONGEST_PAUSE_MS = 6 * 60 * 60_000;
/** At first it may be the very end of the closure that is under way. */
const FIRST_PAUSE_MS = 1_000;

/**
 * Clears up after a closure, whatever its outcome: deletes the export containers when their time has come, and looks again
 * for what a late attempt may have created. Never gives up: what cannot be deleted is shown as attention and tried again.
 * While a run of the closure goes on, because it was reset, nothing is deleted: it gives new times when it ends (Signal
 * `arrange`). Knows the closure by its ids alone, so it can outlive everything personal.
 * @throws ApplicationFailure `InvalidRequest` when the start input is not that of a follow-up
 */
export async function forgetClosure(request: ForgetClosureRequest): Promise<ForgetClosureResult> {
  const forgetting = new Forgetting(parse(request));
  setHandler(
    arrangeSignal,
    (value) => {
      forgetting.arrange(value);
    },
    { description: 'Other times for the deletion: the closure was reset and has ended again.' },
  );
  // The last: it takes all that is left, which would otherwise be kept for a handler that never comes.
  setDefaultSignalHandler(() => undefined);
  return await forgetting.untilForgotten();
}

class Forgetting {
  #arranged: ForgetClosureRequest;
  #round = 0;
  #deletedContainers = 0;
  #isInTrouble = false;

  constructor(request: ForgetClosureRequest) {
    this.#arranged = request;
  }

  arrange(value: unknown): void {
    if (!isForgetClosureRequest(value) || !isSameClosure(value, this.#arranged)) return;
    if (!isSame(value, this.#arranged)) this.#arranged = value;
  }

  async untilForgotten(): Promise<ForgetClosureResult> {
    for (;;) {
      const current = this.#arranged;
      for (const time of timesOf(current)) await this.#deleteAt(time, current);
      if (this.#isCurrent(current)) break;
    }
    return { closureId: this.#arranged.closureId, deletedContainers: this.#deletedContainers };
  }

  async #deleteAt(time: number, current: ForgetClosureRequest): Promise<void> {
    setCurrentDetails(`Deletes the export containers of closure \`${current.closureId}\` at ${toText(time)}.`);
    await this.#pause(time - Date.now(), current, `Until ${toText(time)}: then the containers are deleted`);
    if (!this.#isCurrent(current)) return;
    this.#round += 1;
    for (let tries = 1; this.#isCurrent(current) && !(await this.#tryToDelete(current)); tries += 1) {
      await this.#pause(tryAgainInMs(tries), current, 'Then the deletion is tried again');
    }
  }

  async #pause(ms: number, current: ForgetClosureRequest, summary: string): Promise<void> {
    if (ms > 0) await condition(() => !this.#isCurrent(current), ms, { summary });
  }

  async #tryToDelete({ closureId, workflowId }: ForgetClosureRequest): Promise<boolean> {
    const firstRunId = workflowInfo().firstExecutionRunId;
    try {
      const input = { closureId, firstRunId, round: this.#round, workflowId };
      return this.#judge(assertDecoded(await deleteExports(input)));
    } catch (fault) {
      if (isCancellation(fault) || !(fault instanceof ActivityFailure || fault instanceof ApplicationFailure))
        throw fault;
      this.#showTrouble(attentionOf(fault, this.#round).fault);
      return false;
    }
  }

  #judge(outcome: DeleteExportsOutcome): boolean {
    this.#showNoTrouble();
    if (outcome.kind === 'closure-goes-on') {
      setCurrentDetails(
        `The closure \`${this.#arranged.closureId}\` goes on: it needs its export until it ends again.`,
      );
      return false;
    }
    this.#deletedContainers += outcome.containers;
    return true;
  }

  #isCurrent(request: ForgetClosureRequest): boolean {
    return this.#arranged === request;
  }

  #showTrouble(fault: string): void {
    this.#isInTrouble = true;
    upsertSearchAttributes([{ key: SEARCH_ATTRIBUTES.attention, value: [`export:${fault}`] }]);
    setCurrentDetails(
      `The export containers of closure \`${this.#arranged.closureId}\` cannot be deleted: \`${fault}\`. Repair the cause; it is tried again by itself.`,
    );
  }

  #showNoTrouble(): void {
    if (this.#isInTrouble) upsertSearchAttributes([{ key: SEARCH_ATTRIBUTES.attention, value: null }]);
    this.#isInTrouble = false;
  }
}

function tryAgainInMs(tries: number): number {
  return Math.min(FIRST_PAUSE_MS * 4 ** (tries - 1), LONGEST_PAUSE_MS);
}

function timesOf({ deleteExportsAt, lookAgainAt }: ForgetClosureRequest): readonly number[] {
  const instants = lookAgainAt === undefined ? [deleteExportsAt] : [deleteExportsAt, lookAgainAt];
  return instants.map((instant) => Date.parse(instant));
}

function isSameClosure(one: ForgetClosureRequest, other: ForgetClosureRequest): boolean {
  return one.closureId === other.closureId && one.workflowId === other.workflowId;
}

function isSame(one: ForgetClosureRequest, other: ForgetClosureRequest): boolean {
  return one.deleteExportsAt === other.deleteExportsAt && one.lookAgainAt === other.lookAgainAt;
}

function toText(time: number): string {
  return new Date(time).toISOString();
}

function parse(request: unknown): ForgetClosureRequest {
  if (isForgetClosureRequest(request)) return request;
  throw ApplicationFailure.nonRetryable(
    'The input is not { closureId, workflowId, deleteExportsAt, lookAgainAt? }.',
    'InvalidRequest',
  );
}
