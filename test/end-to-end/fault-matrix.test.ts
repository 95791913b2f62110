import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { casesOf, deviation, runCases, sizeOf, type CasesRun } from '../support/fault-matrix/cases';
import { startMatrix, type ClosureRun, type MatrixParts } from '../support/fault-matrix/closures';
import { FAR_ENDS, FAULTS } from '../support/fault-matrix/watch';
import { FIRST_START_MS } from '../support/real-parts';

// Closures at once, some of which hold a transaction: PGlite has one session for all.
const serverUrl = process.env['TEST_DATABASE_URL'];
const describeWithServer = serverUrl === undefined ? describe.skip : describe;

describeWithServer('every effect of a closure, whatever goes wrong on its way', () => {
  let parts: MatrixParts | undefined;
  let undisturbed: ClosureRun;
  let runs: readonly CasesRun[];

  beforeAll(async () => {
    parts = await startMatrix(serverUrl ?? '');
    // The effects are what an undisturbed closure asks the far ends for: a new one is in the matrix without being told.
    undisturbed = await parts.run(await parts.addPerson());
    runs = await runCases(parts, casesOf(undisturbed.effects));
    process.stdout.write(`Fault matrix: ${sizeOf(runs)}\n`);
  }, FIRST_START_MS);

  afterAll(() => parts?.close());

  it('is on the way to some far end, and to each of them some', () => {
    expect(FAR_ENDS.filter((farEnd) => !undisturbed.effects.some((effect) => effect.farEnd === farEnd))).toEqual([]);
  });

  it.each(FAULTS)('is done once, and nobody else is touched: %s', (fault) => {
    const ofFault = runs.filter(({ cases }) => cases.some((one) => one.fault === fault));

    expect(ofFault.map((run) => deviation(undisturbed, run)).filter((found) => found !== undefined)).toEqual([]);
    expect(ofFault.length).toBeGreaterThan(0);
  });
});
