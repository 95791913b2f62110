import { CancellationScope, isCancellation } from '@temporalio/workflow';

/** A message that ends a piece of work before it is done. */
export class Interruption {
  #scope: CancellationScope | undefined;
  #calledAt: string | undefined;

  /** Since when the work is to end, ISO 8601; `undefined` while nobody wants it to. */
  get calledAt(): string | undefined {
    return this.#calledAt;
  }

  /** Ends what is under way, and what is begun from now on. */
  call(): void {
    this.#calledAt = new Date().toISOString();
    this.#scope?.cancel();
  }

  /** It has had its effect, or came too late for one. */
  settle(): void {
    this.#calledAt = undefined;
  }

  /** Does the work. Nothing comes back when it was interrupted; what was done in spite of it comes back. */
  async during<T>(perform: () => Promise<T>): Promise<{ readonly result: T } | undefined> {
    this.#scope = new CancellationScope({ cancellable: true });
    // It may have come before there was anything to end.
    if (this.#calledAt !== undefined) this.#scope.cancel();
    try {
      return { result: await this.#scope.run(perform) };
    } catch (fault) {
      if (!isCancellation(fault) || this.#calledAt === undefined) throw fault;
      return undefined;
    } finally {
      this.#scope = undefined;
    }
  }
}
