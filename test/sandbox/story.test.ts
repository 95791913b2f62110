import { describe, expect, it } from '@jest/globals';
import { broughtBy, phasesSoFar } from '../../sandbox/story';
import { CLOSURE_ID, statusWith } from '../support/observed-closures';
import { directoryPlan, erasurePlan } from '../support/planned-targets';

const CONFIRMED = {
  plan: erasurePlan(CLOSURE_ID, [directoryPlan()]),
  planDigest: 'd1',
};

describe('the story of a closure', () => {
  it('has every phase in its order, also those that were over before anybody looked', () => {
    const closed = statusWith({
      ...CONFIRMED,
      phase: 'closed',
      outcome: 'closed',
      export: { kind: 'saved', files: [], container: 'export-1' },
      pointOfNoReturnAt: '2026-01-31T10:00:00.000Z',
      targets: [{ name: 'directory', kind: 'directory', state: 'verified', erasedCount: 1, grade: 're-read' }],
    });

    expect(phasesSoFar(closed)).toEqual([
      ...['checking', 'exporting', 'planning', 'awaitingConfirmation', 'erasing', 'verifying', 'closed'],
    ]);
  });

  it('has the planning when the person is asked already', () => {
    const asked = statusWith({
      ...CONFIRMED,
      phase: 'awaitingConfirmation',
      export: { kind: 'saved', files: [], container: 'export-1' },
    });

    expect(phasesSoFar(asked)).toEqual(['checking', 'exporting', 'planning', 'awaitingConfirmation']);
  });

  it('has no erasure when nothing was erased', () => {
    const withdrawn = statusWith({ phase: 'withdrawn', outcome: 'withdrawn' });

    expect(phasesSoFar(withdrawn)).toEqual(['checking', 'withdrawn']);
  });

  it('has the cooling-off period where there is one', () => {
    const coolingOff = statusWith({ ...CONFIRMED, phase: 'coolingOff', eraseAfter: '2026-01-31T10:00:00.000Z' });

    expect(phasesSoFar(coolingOff)).toContain('coolingOff');
  });

  it('shows what each phase has brought', () => {
    const status = statusWith({
      ...CONFIRMED,
      export: { kind: 'saved', files: [{ sizeBytes: 3, sha256: 'ab', etag: '1' }], container: 'export-1' },
      targets: [{ name: 'directory', kind: 'directory', state: 'verified', erasedCount: 1, grade: 're-read' }],
    });

    expect(broughtBy('exporting', status)).toEqual(['saved: 1 files, with size and SHA-256 of each']);
    expect(broughtBy('planning', status)).toEqual([
      'directory: deletes account 1; stays with the provider: directory-audit-logs (provider-audit-log)',
    ]);
    expect(broughtBy('erasing', status)).toEqual(['directory: erased (1), with all that hung on it']);
    expect(broughtBy('verifying', status)).toEqual(['directory: verified, 1 erased by us, read again']);
    expect(broughtBy('checking', status)).toEqual([]);
  });
});
