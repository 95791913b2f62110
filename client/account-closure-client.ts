import type { Client } from '@temporalio/client';
import type { Resolution } from '../workflows/contract/messages';
import { DEFAULT_TASK_QUEUE } from '../workflows/contract/names';
import { connectTemporal, type ConnectOptions } from './connection';
import { describeRun, findClosure } from './find-closure';
import { listClosures, type ListedClosure, type ListFilter } from './list-closures';
import { readStatus, type ObservedClosure } from './read-status';
import { requestClosure, type ClosureRequest, type RequestedClosure } from './request-closure';
import { registerSearchAttributes, type SearchAttributeRegistration } from './search-attributes';
import { confirmClosure, resolveClosure, withdrawClosure, type ConfirmRequest } from './steer-closure';
import { waitForClosure, type WaitOptions } from './wait-for-closure';

/** What the client works on. */
export interface AccountClosureClientOptions {
  /** A Temporal client whose `dataConverter` is `closureDataConverter`. */
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
 * Starts, watches and steers closures. Every `id` is a Workflow id or a closure id. Every method can be repeated safely,
 * and throws `AccountClosureError` with a stable `code`.
 */
export class AccountClosureClient {
  readonly #client: Client;
  readonly #taskQueue: string;

  constructor({ client, taskQueue = DEFAULT_TASK_QUEUE }: AccountClosureClientOptions) {
    this.#client = client;
    this.#taskQueue = taskQueue;
  }

  /**
   * A client configured as the Temporal tools are (`TEMPORAL_ADDRESS`, `TEMPORAL_NAMESPACE`, …, or a profile file). The
   * connection is made by the first call. End it with `close`.
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
  request(request: ClosureRequest): Promise<RequestedClosure> {
    return requestClosure({ client: this.#client, taskQueue: this.#taskQueue }, request);
  }

  /** The ids of a closure, without asking its Workflow. */
  async find(id: string): Promise<ClosureIds> {
    const { workflowId, runId, closureId } = await findClosure(this.#client, id);
    return { workflowId, runId, closureId };
  }

  /** The closure as it stands; of a finished one also without a worker. */
  async status(id: string): Promise<ObservedClosure> {
    return readStatus(this.#client, await findClosure(this.#client, id));
  }

  /** Waits until the phase is reached or passed, or without a phase until the closure has ended. */
  async wait(id: string, options: WaitOptions = {}): Promise<ObservedClosure> {
    let run: ClosureIds | undefined;
    const read = async (): Promise<ObservedClosure> => {
      // Found once: the wait is for this closure, not for one that follows it under the same Workflow id.
      run ??= await this.find(id);
      return readStatus(this.#client, await describeRun(this.#client, run));
    };
    return waitForClosure((signal) => this.#client.withAbortSignal(signal, read), options);
  }

  /** Says yes to the plan, signed here with the token; the token itself is not sent. */
  confirm(id: string, request: ConfirmRequest): Promise<ObservedClosure> {
    return confirmClosure(this.#client, id, request);
  }

  /** Takes the request back. */
  withdraw(id: string): Promise<ObservedClosure> {
    return withdrawClosure(this.#client, id);
  }

  /** Lets a step that waits for an operator go on. */
  resolve(id: string, resolution: Resolution): Promise<ObservedClosure> {
    return resolveClosure(this.#client, id, resolution);
  }

  /** The closures of the namespace, latest first. */
  list(filter: ListFilter = {}): AsyncIterable<ListedClosure> {
    return listClosures(this.#client, filter);
  }

  /** Registers what closures are found by. Again is harmless. */
  registerSearchAttributes(): Promise<SearchAttributeRegistration> {
    return registerSearchAttributes(this.#client);
  }

  /** Ends the connection. */
  async close(): Promise<void> {
    await this.#client.connection.close();
  }
}
