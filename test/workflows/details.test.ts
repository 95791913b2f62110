import { describe, expect, it } from '@jest/globals';
import { detailsOf } from '../../workflows/details';
import { OUTCOMES, RUNNING_PHASES, type ClosureStatus } from '../../workflows/contract/status';
import { guid } from '../support/guid';

const CLOSURE_ID = guid('6f1d2c3b-4a59-8687-9a0b-1c2d3e4f5061');
const status = (changes: Partial<ClosureStatus> = {}): ClosureStatus => ({
  workflowId: `closure-${'a'.repeat(64)}`,
  closureId: CLOSURE_ID,
  phase: 'checking',
  receivedAt: '2026-01-31T10:00:00.000Z',
  dueBy: '2026-02-28T23:59:59.999Z',
  targets: [],
  attention: [],
  refusedConfirmations: 0,
  ...changes,
});

describe('the details that the Web UI shows', () => {
  it('say what a new closure waits for, when it is due, and which it is', () => {
    expect(detailsOf(status()).split('\n')).toEqual([
      '**checking**, waits for the answer whether this account may be closed here.',
      '',
      '- Due by: 2026-02-28T23:59:59.999Z',
      `- Closure \`${CLOSURE_ID}\``,
    ]);
  });

  it.each(RUNNING_PHASES)('name the phase %s and what it waits for', (phase) => {
    expect(detailsOf(status({ phase }))).toMatch(new RegExp(String.raw`^\*\*${phase}\*\*, waits for the `));
  });

  it('say that a closure which waits for the person waits for their confirmation', () => {
    const asked = status({ phase: 'awaitingConfirmation', confirmBy: '2026-02-14T10:00:00.000Z' });

    expect(detailsOf(asked)).toMatch(/^\*\*awaitingConfirmation\*\*, waits for the person's confirmation\.$/m);
    expect(detailsOf(asked)).toMatch(/^- Confirm by: 2026-02-14T10:00:00\.000Z$/m);
  });

  it.each(OUTCOMES)('say that a closure which ended as %s waits for nothing', (outcome) => {
    expect(detailsOf(status({ phase: outcome, outcome }))).toMatch(
      new RegExp(String.raw`^\*\*${outcome}\*\*, waits for nothing: `),
    );
  });

  it('say before all else what needs an operator, and how to answer', () => {
    const since = '2026-02-01T10:00:00.000Z';
    const [, , attention] = detailsOf(
      status({ attention: [{ target: 'export', fault: 'ExportFailed', since, attempts: 3 }], reason: 'blocked' }),
    ).split('\n');

    expect(attention).toBe(
      `- **Needs an operator:** \`export\` since ${since}: \`ExportFailed\`. Repair the cause, then send the Update ` +
        '`resolve` with `{"target":"export","action":"retry","by":"<your id>"}`.',
    );
  });

  it('show what is known so far, a line each', () => {
    const lines = detailsOf(
      status({
        reason: 'managed-tenant',
        eraseAfter: '2026-02-03T10:00:00.000Z',
        pointOfNoReturnAt: '2026-02-04T10:00:00.000Z',
        export: { container: 'export-1', files: [{ sizeBytes: 1, sha256: 'ab' }] },
        targets: [{ name: 'directory', state: 'erased', erasedCount: 0, rounds: 1 }],
        refusedConfirmations: 2,
        cancellationIgnored: true,
      }),
    ).split('\n');

    expect(lines.slice(2, -2)).toEqual([
      '- Reason: managed-tenant',
      '- Erasure begins: 2026-02-03T10:00:00.000Z',
      '- Point of no return: 2026-02-04T10:00:00.000Z',
      '- Exported files: 1',
      '- Target `directory`: erased, 0 erased',
      '- Refused confirmations: 2',
      '- A cancellation came after the point of no return and is ignored.',
    ]);
  });

  it('count an empty export as no files, and nothing of a target before it was erased', () => {
    const text = detailsOf(
      status({ export: { container: 'export-1', files: [] }, targets: [{ name: 'directory', state: 'fenced' }] }),
    );

    expect(text).toMatch(/^- Exported files: 0$/m);
    expect(text).toMatch(/^- Target `directory`: fenced$/m);
  });
});
