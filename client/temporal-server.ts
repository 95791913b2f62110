import { setMaxListeners } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { invalidArgument } from './errors';
import { toClosureError } from './server-faults';

/** How long a caller is willing to wait. Every method of the client takes it. */
export interface CallOptions {
  /** Ends the call; the method then throws the signal's reason, whatever that is. What was sent may still take effect. */
  readonly signal?: AbortSignal;
  /** Give up after this long, in milliseconds: `timed-out`. The calls to the server have limits of their own, too. */
  readonly timeoutMs?: number;
}

/** How long a read or a start may take, the client library's own retries included. */
export const CALL_TIMEOUT_MS = 10_000;

/** How long a message to the Workflow may take: it needs a worker, which may have to replay first. */
export const UPDATE_TIMEOUT_MS = 30_000;

/** Of all calls without a signal of their own, however many there are at once. */
const NEVER = new AbortController().signal;
setMaxListeners(0, NEVER);

/** A Temporal server as one call of the client's caller sees it: within their time, and ended by their signal. */
export class TemporalServer {
  readonly client: Client;
  readonly #signal: AbortSignal;
  readonly #giveUpAt: number;

  /** @throws AccountClosureError `invalid-argument` */
  constructor(client: Client, { signal = NEVER, timeoutMs = Infinity }: CallOptions = {}) {
    if (!(timeoutMs > 0)) throw invalidArgument('timeoutMs', 'timeoutMs is a positive number of milliseconds.');
    this.client = client;
    this.#signal = signal;
    this.#giveUpAt = Date.now() + timeoutMs;
  }

  /** How much of the caller's time is left, in milliseconds; `Infinity` without a limit. */
  get leftMs(): number {
    return Math.max(0, this.#giveUpAt - Date.now());
  }

  /** The same server for a part of the call, in at most this long. */
  within(timeoutMs: number): TemporalServer {
    return new TemporalServer(this.client, {
      signal: this.#signal,
      timeoutMs: Math.max(1, Math.min(timeoutMs, this.leftMs)),
    });
  }

  /** Asks for something. @throws AccountClosureError for every fault of the server, the connection and the Workflow */
  read<R>(call: (client: Client) => Promise<R>): Promise<R> {
    return this.#call('read', CALL_TIMEOUT_MS, call);
  }

  /** Changes something: after a fault it may have taken effect. @throws AccountClosureError as `read` */
  write<R>(call: (client: Client) => Promise<R>, atMostMs = CALL_TIMEOUT_MS): Promise<R> {
    return this.#call('write', atMostMs, call);
  }

  /** Waits this long, or until the caller's time is over. */
  async pause(ms: number): Promise<void> {
    this.#signal.throwIfAborted();
    try {
      await pause(Math.min(ms, this.leftMs), undefined, { signal: this.#signal });
    } catch (error) {
      this.#signal.throwIfAborted();
      throw error;
    }
  }

  async #call<R>(kind: 'read' | 'write', atMostMs: number, call: (client: Client) => Promise<R>): Promise<R> {
    this.#signal.throwIfAborted();
    const deadline = Math.min(this.#giveUpAt, Date.now() + atMostMs);
    try {
      return await aborting(this.#signal, (signal) =>
        this.client.withDeadline(deadline, () => this.client.withAbortSignal(signal, () => call(this.client))),
      );
    } catch (error) {
      this.#signal.throwIfAborted();
      throw toClosureError(error, { client: this.client, isWrite: kind === 'write' });
    }
  }
}

/** Every request of the client library leaves a listener on its signal: a caller's may live as long as their process. */
async function aborting<R>(signal: AbortSignal, call: (signal: AbortSignal) => Promise<R>): Promise<R> {
  const ours = new AbortController();
  setMaxListeners(0, ours.signal);
  const abort = (): void => {
    ours.abort(signal.reason);
  };
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await call(ours.signal);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
