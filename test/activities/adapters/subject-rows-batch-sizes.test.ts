import { describe, expect, it } from '@jest/globals';
import { createBatchSize, type BatchSize } from '../../../activities/adapters/subject-rows/batch-sizes';

const deletions = (): BatchSize => createBatchSize({ kind: 'delete' });

describe('the size of the batches of one table', () => {
  it('grows by the time that a full batch took, and aims at half a second', () => {
    const size = deletions();

    size.took(100, size.rows(true));

    expect(size.rows(false)).toBe(25_000);
  });

  it('shrinks after a batch that took longer than that', () => {
    const size = deletions();

    size.took(2_000, 5_000);

    expect(size.rows(false)).toBe(1_250);
  });

  it('has an end, however fast the table is', () => {
    const size = deletions();

    size.took(0, 5_000);
    size.took(0, 100_000);

    expect(size.rows(false)).toBe(100_000);
  });

  it('is small for the first batch of an erasure, whatever was learnt from others', () => {
    const size = deletions();

    size.took(1, 5_000);

    expect(size.rows(true)).toBe(5_000);
  });

  it('is a quarter of a batch that took too long, and believes no number until a full one has gone well', () => {
    const size = deletions();

    size.tookTooLong(5_000);
    expect([size.rows(true), size.isReduced()]).toStrictEqual([1_250, true]);

    size.took(500, 1_250);
    expect([size.rows(true), size.isReduced()]).toStrictEqual([1_250, false]);
  });

  it('is never nothing', () => {
    const size = deletions();

    size.tookTooLong(12);
    size.tookTooLong(10);
    size.took(60_000, 10);

    expect(size.rows(false)).toBe(10);
  });

  it('stays small where rows are set: those that are hashed are read', () => {
    const size = createBatchSize({ kind: 'anonymise', set: {} });

    size.took(1, size.rows(true));

    expect(size.rows(false)).toBe(2_000);
  });
});
