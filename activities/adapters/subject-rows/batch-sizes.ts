import type { TableAction } from '../../ports/target-catalog';

/** How many rows the batches of one table take. Shared by all erasures of that table. */
export interface BatchSize {
  readonly rows: () => number;
  /** Batches have taken too long since the last one that went well: nothing that is believed of their number is to be trusted. */
  readonly isReduced: () => boolean;
  /** One was committed, or is about to be. */
  readonly took: (ms: number, batch: { readonly isFull: boolean }) => void;
  /** One of so many rows was given up by the server. */
  readonly tookTooLong: (rows: number) => void;
}

/** Where nothing is known of a table yet. */
const FIRST_ROWS = 5_000;
/** Deletions alone: they need no memory here, and how long they may take says `AIM_MS`. */
const MOST_ROWS = 100_000;
/** Rows that are set are joined with their batch, and those that are hashed come here. */
const MOST_ROWS_SET = 2_000;
/** After a batch that took too long the next one is a quarter of it, and no smaller than this. */
const LEAST_ROWS = 10;
/** Whoever needs a row of the person waits for a batch: it should not take longer than this, in milliseconds. */
const AIM_MS = 500;
const MOST_GROWTH = 4;

/** The sizes for a table. `most`: instead of what is usual. */
export function createBatchSize(
  { kind }: TableAction,
  most = kind === 'delete' ? MOST_ROWS : MOST_ROWS_SET,
): BatchSize {
  const size = { rows: Math.min(most, FIRST_ROWS), isReduced: false };
  return {
    rows: () => size.rows,
    isReduced: () => size.isReduced,
    took: (ms, { isFull }) => {
      // A batch that found few rows says nothing about one that finds many.
      if (!isFull) return;
      const growth = Math.min(MOST_GROWTH, AIM_MS / Math.max(ms, 1));
      size.rows = Math.min(most, Math.max(LEAST_ROWS, Math.floor(size.rows * growth)));
      size.isReduced = false;
    },
    tookTooLong: (rows) => {
      size.rows = Math.max(Math.min(most, LEAST_ROWS), Math.floor(rows / 4));
      size.isReduced = true;
    },
  };
}
