import { patched, workflowInfo } from '@temporalio/workflow';

/** How a run learns that it was reset, which nothing tells a Workflow. */
export class Resets {
  /** The run that was heard of last, from an Activity; and how many resets have shown by that. */
  #knownRunId: string | undefined;
  #noticed = 0;

  /** An Activity of this closure was asked by that run. */
  heardOf(runId: string): void {
    this.#knownRunId = runId;
  }

  /**
   * Whether this is another run than the one that was heard of last. Known from the first Workflow Task behind the reset on:
   * what comes before it has to go as it went, so the answer is kept in history as a patch is.
   */
  get isNews(): boolean {
    const { runId } = workflowInfo();
    return this.#knownRunId !== undefined && runId !== this.#knownRunId && patched(`reset-${this.#noticed + 1}`);
  }

  /** The same, once each. */
  notice(): boolean {
    const isNews = this.isNews;
    if (isNews) this.#noticed += 1;
    return isNews;
  }
}
