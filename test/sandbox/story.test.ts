import { describe, expect, it } from '@jest/globals';
import { phasesSoFar, storySoFar } from '../../sandbox/story';
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

  it('shows what each phase that is over has brought, and of the erasure what is done already', () => {
    const status = statusWith({
      ...CONFIRMED,
      phase: 'erasing',
      export: { kind: 'saved', files: [{ sizeBytes: 3, sha256: 'ab', etag: '1' }], container: 'export-1' },
      pointOfNoReturnAt: '2026-01-31T10:00:00.000Z',
      targets: [
        { name: 'shop', kind: 'postgres', state: 'erased', erasedCount: 2, retained: [INVOICES] },
        { name: 'crm', kind: 'http', state: 'exempt', exempt: { basis: 'legal-claims', by: 'operator-7' } },
        { name: 'directory', kind: 'directory', state: 'fenced' },
      ],
    });

    expect(factsOf(status)).toEqual([
      'saved: 1 files, with size and SHA-256 of each',
      'directory (directory)',
      '  deletes account 1',
      '  stays with the provider: directory-audit-logs (provider-audit-log)',
      'shop: erased (2); app.invoices 3 stay',
      'crm: left out by operator-7 (legal-claims)',
    ]);
  });

  it('ends with how each target was verified', () => {
    const closed = statusWith({
      ...CONFIRMED,
      phase: 'closed',
      outcome: 'closed',
      pointOfNoReturnAt: '2026-01-31T10:00:00.000Z',
      targets: [{ name: 'directory', kind: 'directory', state: 'verified', erasedCount: 1, grade: 're-read' }],
    });

    expect(factsOf(closed).slice(-2)).toEqual([
      'directory: erased (1), with all that hung on it',
      'directory: verified, 1 erased by us, read again',
    ]);
  });

  it('never tells two things under one key', () => {
    const keys = storySoFar(statusWith({ ...CONFIRMED, phase: 'closed', outcome: 'closed' })).map(({ key }) => key);

    expect(keys).toEqual([...new Set(keys)]);
  });
});

const INVOICES = { what: 'app.invoices', count: 3, basis: 'tax-records' } as const;

function factsOf(status: Parameters<typeof storySoFar>[0]): readonly string[] {
  return storySoFar(status).flatMap(({ isTitle, text }) => (isTitle ? [] : [text]));
}
