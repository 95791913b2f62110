import { setTimeout as delay } from 'node:timers/promises';

import type { ExportFile } from './export-files';
import { openSasContainer } from './sas-container';

/** Every status that the documents name. The service was only ever seen to use `running` and `complete`. */
export type ExportStatus = 'notStarted' | 'running' | 'complete' | 'failed' | 'unknownFutureValue';

/** One export, as the service keeps it. */
export interface ExportOperation {
  readonly id: string;
  readonly userId: string;
  /** The SAS URL as it was given. */
  readonly storageLocation: string;
  readonly status: ExportStatus;
  /** ISO 8601. */
  readonly submittedDateTime: string;
  /** ISO 8601; there when the status is `complete`. */
  readonly completedDateTime?: string;
  /** How often it was looked at. */
  readonly looks: number;
}

/** An export to carry out. */
export interface ExportOrder {
  readonly id: string;
  readonly userId: string;
  readonly sasUrl: URL;
  readonly storageLocation: string;
  readonly files: readonly ExportFile[];
}

/** The queue behind the export endpoint: each order is carried out once, some time after it was taken. */
export class ExportQueue {
  readonly #operations = new Map<string, ExportOperation>();
  readonly #running = new Set<Promise<void>>();
  readonly #stop = new AbortController();
  readonly durationMs: number;

  constructor(durationMs: number) {
    this.durationMs = durationMs;
  }

  /** Oldest first. */
  list(): readonly ExportOperation[] {
    return [...this.#operations.values()];
  }

  find(id: string): ExportOperation | undefined {
    return this.#operations.get(id.toLowerCase());
  }

  /** Counts a look, and answers the operation. */
  lookAt(id: string): ExportOperation | undefined {
    const operation = this.find(id);
    if (operation !== undefined) {
      this.#replace(operation.id, { looks: operation.looks + 1 });
    }
    return operation;
  }

  /** Sets the status from outside; an operation that was set to anything but `running` is not carried out any more. */
  setStatus(id: string, status: ExportStatus): void {
    this.#replace(id, { status });
  }

  /** Takes an order. */
  take(order: ExportOrder): void {
    this.#operations.set(order.id, {
      id: order.id,
      userId: order.userId,
      storageLocation: order.storageLocation,
      status: 'running',
      submittedDateTime: new Date().toISOString(),
      looks: 0,
    });
    const run = this.#carryOut(order);
    this.#running.add(run);
    void run.finally(() => this.#running.delete(run));
  }

  /** Drops what is waiting, and waits for what is being written. */
  async close(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#running);
  }

  async #carryOut({ id, sasUrl, files }: ExportOrder): Promise<void> {
    const isOver = await delay(this.durationMs, true, { signal: this.#stop.signal }).catch(() => false);
    if (!isOver || this.find(id)?.status !== 'running') {
      return;
    }
    const container = openSasContainer(sasUrl);
    for (const { name, content } of files) {
      const { status } = await container.write(name, content);
      // As in the service: an export that cannot be written is `running` for ever.
      if (status !== 201) {
        return;
      }
    }
    this.#replace(id, { status: 'complete', completedDateTime: new Date().toISOString() });
  }

  #replace(id: string, change: Partial<ExportOperation>): void {
    const operation = this.find(id);
    if (operation !== undefined) {
      this.#operations.set(operation.id, { ...operation, ...change });
    }
  }
}
