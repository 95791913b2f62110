import type { TableAction } from '../../ports/target-catalog';

/** How many rows the batches of one table take. Shared by all erasures of that table. */
export interface BatchSize {
  /** The first batch of an erasure is never large: it shows how many more there are, and those are then quicker to delete. */
  readonly rows: (isFirst: boolean) => number;
  /** Batches have taken too long since the last one that went well: nothing that is believed of their number is to be trusted. */
  readonly isReduced: () => boolean;
  /** One of so many rows was full, and took so long. One that found fewer says nothing about one that finds many. */
  readonly took: (ms: number, rows: number) => void;
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
/** The time of five thousand rows says enough of that of a hundred thousand. */
const MOST_GROWTH = 20;

/** The sizes for a table. `most`: instead of what is usual. */
export function createBatchSize(
  { kind }: TableAction,
  most = kind === 'delete' ? MOST_ROWS : MOST_ROWS_SET,
): BatchSize {
  const size = { rows: Math.min(most, FIRST_ROWS), isReduced: false };
  return {
    rows: (isFirst) => (isFirst ? Math.min(size.rows, FIRST_ROWS) : size.rows),
    isReduced: () => size.isReduced,
    took: (ms, rows) => {
      const growth = Math.min(MOST_GROWTH, AIM_MS / Math.max(ms, 1));
      size.rows = Math.min(most, Math.max(LEAST_ROWS, Math.floor(rows * growth)));
      size.isReduced = false;
    },
    tookTooLong: (rows) => {
      size.rows = Math.max(Math.min(most, LEAST_ROWS), Math.floor(rows / 4));
      size.isReduced = true;
    },
  };
}
