import type { Client } from '@temporalio/client';
import type { DryRun } from '../workflows/contract/dry-run';
import type { Resolution } from '../workflows/contract/messages';
import { DEFAULT_TASK_QUEUE } from '../workflows/contract/names';
import type { AccountIds } from './account-ids';
import { connectTemporal, type ConnectOptions } from './connection';
import { AccountClosureError } from './errors';
import { findClosure, followClosure, type ClosureRun } from './find-closure';
import { listClosures, type ListedClosure, type ListFilter } from './list-closures';
import type { ObservedClosure } from './observed-closure';
import { planClosure, type PlanOptions } from './plan-closure';
import { readStatus } from './read-status';
import { requestClosure, type ClosureRequest, type RequestedClosure } from './request-closure';
import { registerSearchAttributes, type SearchAttributeRegistration } from './search-attributes';
import {
  confirmClosure,
  reportToClosure,
  resolveClosure,
  withdrawClosure,
  type ConfirmRequest,
  type ReportRequest,
} from './steer-closure';
import { TemporalServer, type CallOptions } from './temporal-server';
import { tolerantClient } from './tolerant-client';
import { waitForClosure, type WaitOptions } from './wait-for-closure';

/** What the client works on. */
export interface AccountClosureClientOptions {
  /** A Temporal client. Its interceptors are kept; how payloads are read and written is set here, whatever it says itself. */
  readonly client: Client;
  /** Where the worker polls. Default `account-closure`. */
  readonly taskQueue?: string;
}

/** Which closure an id means. */
export interface ClosureIds {
  readonly workflowId: string;
  readonly runId: string;
  readonly closureId: string;
}

/**
 * Starts, watches and steers closures. Every `id` is a Workflow id or a closure id. Every method can be repeated safely, and
 * takes a signal and a time limit. It throws nothing but `AccountClosureError` with a stable `code`, and the reason of the
 * caller's own signal when that was aborted.
 */
export class AccountClosureClient {
  readonly #client: Client;
  readonly #taskQueue: string;

  constructor({ client, taskQueue = DEFAULT_TASK_QUEUE }: AccountClosureClientOptions) {
    this.#client = tolerantClient(client);
    this.#taskQueue = taskQueue;
  }

  /**
   * A client configured as the Temporal tools are (`TEMPORAL_ADDRESS`, `TEMPORAL_NAMESPACE`, …, or a profile file). The
   * connection is made by the first call. End it with `close`.
   * @throws AccountClosureError `invalid-configuration`
   */
  static connect(options: ConnectOptions & { readonly taskQueue?: string } = {}): AccountClosureClient {
    const { taskQueue } = options;
    return new AccountClosureClient({
      client: connectTemporal(options),
      ...(taskQueue === undefined ? {} : { taskQueue }),
    });
  }

  /** The namespace that the closures are in. */
  get namespace(): string {
    return this.#client.options.namespace;
  }

  /** Requests a closure. The same token again gives the same answer, and never a second run. */
  request(request: ClosureRequest, options?: CallOptions): Promise<RequestedClosure> {
    return this.#ask(options, (server) => requestClosure({ server, taskQueue: this.#taskQueue }, request));
  }

  /**
   * A dry run: what a closure of this account would do if it were requested now. Writes nothing anywhere. Needs a worker; it ends
   * within three minutes, and says within seconds when there is no worker.
   */
  plan(account: AccountIds, options: PlanOptions = {}): Promise<DryRun> {
    return this.#ask(options, (server) => planClosure({ server, taskQueue: this.#taskQueue }, account, options));
  }

  /** The ids of a closure, where the server knows them without asking its Workflow. */
  find(id: string, options?: CallOptions): Promise<ClosureIds> {
    return this.#ask(options, async (server) => {
      const { workflowId, runId, closureId } = await findClosure(server, id);
      return { workflowId, runId, closureId };
    });
  }

  /** The closure as it stands; of a finished one also without a worker. */
  status(id: string, options?: CallOptions): Promise<ObservedClosure> {
    return this.#ask(options, async (server) => readStatus(server, await findClosure(server, id)));
  }

  /** Waits until the phase is reached or passed, or without a phase until the closure has ended. */
  wait(id: string, options: WaitOptions = {}): Promise<ObservedClosure> {
    return this.#ask(options, (whole) => {
      let run: ClosureRun | undefined;
      // Found once, then followed: the wait is for this closure, over every reset, and not for one that comes after it.
      const read = async (server: TemporalServer): Promise<ObservedClosure> => {
        run = run === undefined ? await findClosure(server, id) : await followClosure(server, run);
        return readStatus(server, run);
      };
      return waitForClosure(whole, read, options);
    });
  }

  /** Says yes to the plan, signed here with the token; the token itself is not sent. */
  confirm(id: string, request: ConfirmRequest, options?: CallOptions): Promise<ObservedClosure> {
    return this.#ask(options, (server) => confirmClosure(server, id, request));
  }

  /** Takes the request back. */
  withdraw(id: string, options?: CallOptions): Promise<ObservedClosure> {
    return this.#ask(options, (server) => withdrawClosure(server, id));
  }

  /** Reports what the person has decided about a part that is theirs, signed here with the token. */
  report(id: string, request: ReportRequest, options?: CallOptions): Promise<ObservedClosure> {
    return this.#ask(options, (server) => reportToClosure(server, id, request));
  }

  /** Answers a step that waits for an operator: try again, or go on without that target. Keep the attention's `since`: with it a repeat after a time-out succeeds. */
  resolve(id: string, resolution: Resolution, options?: CallOptions): Promise<ObservedClosure> {
    return this.#ask(options, (server) => resolveClosure(server, id, resolution));
  }

  /** The closures of the namespace, latest first. */
  async *list(filter: ListFilter = {}, options: CallOptions = {}): AsyncGenerator<ListedClosure> {
    try {
      yield* listClosures(new TemporalServer(this.#client, options), filter);
    } catch (error) {
      throw asExpected(error, options.signal);
    }
  }

  /** Registers what closures are found by. Again is harmless. */
  registerSearchAttributes(options?: CallOptions): Promise<SearchAttributeRegistration> {
    return this.#ask(options, registerSearchAttributes);
  }

  /** Ends the connection. */
  async close(): Promise<void> {
    await this.#ask({}, ({ client }) => client.connection.close());
  }

  async #ask<R>(options: CallOptions = {}, work: (server: TemporalServer) => Promise<R>): Promise<R> {
    try {
      return await work(new TemporalServer(this.#client, options));
    } catch (error) {
      throw asExpected(error, options.signal);
    }
  }
}

/** What nobody foresaw is told apart by its code as well; the caller's own reason is theirs. */
function asExpected(error: unknown, signal: AbortSignal | undefined): unknown {
  if (error instanceof AccountClosureError || (signal?.aborted === true && error === signal.reason)) return error;
  return new AccountClosureError('defect', 'Something that the client did not foresee went wrong: see the cause.', {
    cause: error,
  });
}
