import { describe, expect, it } from '@jest/globals';
import { median, type Comparison } from '../../bench/compare';
import type { ErasureFigures } from '../../bench/erasures';
import { percentile } from '../../bench/recovery';
import { figuresOf, tableOf } from '../../bench/report';

const COMPARISON: Comparison = {
  ours: {
    closuresPerSecond: [9, 1, 9.5],
    cpuMsPerClosure: 61.26,
    peakRssMb: 250.4,
    closure: { events: 57, actions: 21 },
    followUp: { events: 11, actions: 2 },
  },
  bare: {
    closuresPerSecond: [10, 12, 8],
    cpuMsPerClosure: 50,
    peakRssMb: 200,
    closure: { events: 57, actions: 17 },
    followUp: { events: 11, actions: 2 },
  },
  three: {
    closuresPerSecond: [4.5, 1, 4.75],
    cpuMsPerClosure: 90,
    peakRssMb: 260,
    closure: { events: 82, actions: 31 },
    followUp: { events: 11, actions: 2 },
  },
};

const ERASURES: ErasureFigures = {
  erasuresPerMinute: 1200.4,
  erasuresPerMinuteAtOnce: 2000.6,
  rowsPerSecond: 300_000.2,
  plainRowsPerSecond: 750_000,
  rowsRatio: 0.4004,
  heapGrowthMb: 3.2,
  rssGrowthMb: 7.7,
};

describe('the figures of a run', () => {
  it('are the medians of the rounds and their ratio', () => {
    expect(figuresOf(COMPARISON)).toEqual({
      closuresPerSecond: 9,
      barePerSecond: 10,
      ratio: 0.9,
      eventsPerClosure: 57,
      actionsPerClosure: 21,
      cpuMsPerClosure: 61.3,
      rssMb: 250,
      threeTargets: { closuresPerSecond: 4.5, eventsPerClosure: 82, actionsPerClosure: 31, ratioToOne: 0.5 },
    });
  });

  it('have the recovery only when it was measured', () => {
    expect(figuresOf(COMPARISON, { recoveryP95Ms: 1234.5 })).toHaveProperty('recoveryP95Ms', 1235);
  });

  it('stand beside their goals, met or not', () => {
    const table = tableOf(COMPARISON, figuresOf(COMPARISON, { recoveryP95Ms: 3_200, erasures: ERASURES }));

    expect(table).toMatch(/Ratio .*>= 0\.9: met/);
    expect(table).toMatch(/Events per closure .*<= 60: met/);
    expect(table).toMatch(/Cloud actions per closure .*<= 20: not met/);
    expect(table).toMatch(/ {2}events per closure .*<= 90: met/);
    expect(table).toMatch(/ {2}Cloud actions per closure .*<= 30: not met/);
    expect(table).toMatch(/ {2}a minute .*1200 .*>= 550: met/);
    expect(table).toMatch(/ {2}ratio .*0\.400 .*>= 0\.5: not met/);
    expect(table).toMatch(/kill -9.* 3\.20 .*<= 3: not met/);
  });
});

describe('the erasures of a run', () => {
  it('are rounded', () => {
    expect(figuresOf(COMPARISON, { erasures: ERASURES }).erasures).toMatchObject({
      erasuresPerMinute: 1200,
      rowsPerSecond: 300_000,
      rowsRatio: 0.4,
      rssGrowthMb: 8,
    });
  });

  it('are said not to have been measured where there was no database', () => {
    expect(tableOf(COMPARISON, figuresOf(COMPARISON))).toMatch(/PostgreSQL .*not measured/);
  });
});

describe('median', () => {
  it.each([
    [[3, 1, 2], 2],
    [[4, 1, 3, 2], 2.5],
    [[7], 7],
  ])('of %j is %d', (numbers, middle) => {
    expect(median(numbers)).toBe(middle);
  });
});

describe('percentile', () => {
  it('is the smallest number that the share does not exceed', () => {
    const numbers = Array.from({ length: 100 }, (_, index) => 100 - index);

    expect(percentile(numbers, 0.95)).toBe(95);
    expect(percentile([5], 0.95)).toBe(5);
  });
});
