import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { SEARCH_ATTRIBUTES } from '../workflows/contract/names';
import { GIVE_UP_AFTER_MS, taskQueueOf, type Variant } from './variants';

const LOOK_EVERY_MS = 50;

/** Tells which closures wait for their confirmation: one look at visibility for all, not one Query for each. */
export class WaitingClosures {
  readonly #client: Client;
  readonly #query: string;
  readonly #expected = new Map<string, () => void>();

  constructor(client: Client, variant: Variant) {
    this.#client = client;
    this.#query = `TaskQueue = "${taskQueueOf(variant)}" AND ${SEARCH_ATTRIBUTES.phase.name} = "awaitingConfirmation"`;
  }

  /** Returns when the closure waits for its confirmation. Only while `lookWhile` looks. */
  until(workflowId: string): Promise<void> {
    return new Promise((resolve) => {
      this.#expected.set(workflowId, resolve);
    });
  }

  /** Looks until the work is done. @throws Error when nothing came for two minutes that something expects */
  async lookWhile<T>(work: Promise<T>): Promise<T> {
    const done = new AbortController();
    const looking = this.#look(done.signal);
    try {
      return await Promise.race([work, looking.then(() => work)]);
    } finally {
      done.abort();
      await looking;
    }
  }

  async #look(done: AbortSignal): Promise<void> {
    let lastSeenAt = Date.now();
    while (!done.aborted) {
      if (await this.#takeThoseThere()) lastSeenAt = Date.now();
      if (this.#expected.size > 0 && Date.now() - lastSeenAt > GIVE_UP_AFTER_MS)
        throw new Error('No closure has asked for its confirmation for two minutes.');
      await pause(LOOK_EVERY_MS);
    }
  }

  async #takeThoseThere(): Promise<boolean> {
    if (this.#expected.size === 0) return true;
    let isAnyThere = false;
    for await (const { workflowId } of this.#client.workflow.list({ query: this.#query })) {
      const resolve = this.#expected.get(workflowId);
      this.#expected.delete(workflowId);
      resolve?.();
      isAnyThere ||= resolve !== undefined;
    }
    return isAnyThere;
  }
}
