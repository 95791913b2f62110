import { describe, expect, it } from '@jest/globals';
import * as state from '../../workflows/closure-state';
import { signReport } from '../../workflows/contract/confirmation';
import { OUTCOMES, RUNNING_PHASES } from '../../workflows/contract/phases';
import type { ClosureStatus } from '../../workflows/contract/status';
import * as rules from '../../workflows/message-rules';
import { ACCOUNT, byPhase, CLOSURE_ID, FORGER, IN_TIME, opened, PUBLIC_KEY, SEED } from '../support/statuses';

describe('a report of the person that they go on without an export', () => {
  const report = signReport(SEED, CLOSURE_ID, 'export-declined');
  const forged = signReport(FORGER, CLOSURE_ID, 'export-declined');
  const exporting = state.exporting(opened);
  const declined = state.exportDeclined(exporting, IN_TIME.toISOString());
  const refusalOf = (status: ClosureStatus, value: unknown = report): unknown =>
    rules.reportRefusal(status, value, { publicKey: PUBLIC_KEY });

  it('is accepted while the export is awaited, and only then', () => {
    const running = Object.fromEntries(RUNNING_PHASES.map((phase) => [phase, 'not-exporting']));
    const over = Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 'closure-has-ended']));

    expect(byPhase(exporting, refusalOf)).toEqual({ ...running, ...over, exporting: undefined });
  });

  it('succeeds again in every later phase of the closure that goes on without an export', () => {
    const running = Object.fromEntries(RUNNING_PHASES.map((phase) => [phase, undefined]));

    expect(byPhase(declined, refusalOf)).toMatchObject(running);
  });

  it('is refused once the export is saved', () => {
    const saved = state.exported(exporting, { kind: 'saved', container: 'export-1', files: [] });

    expect(refusalOf(state.entered(saved, 'planning'))).toBe('not-exporting');
  });

  it('is judged question by question: form, end, phase, and the signature at last', () => {
    expect([
      refusalOf(state.ended(opened, 'expired'), { ...forged, note: '' }),
      refusalOf(state.ended(opened, 'expired'), forged),
      refusalOf(opened, forged),
      refusalOf(exporting, forged),
    ]).toEqual(['malformed-report', 'closure-has-ended', 'not-exporting', 'wrong-token']);
  });

  it('is refused when it was signed for another closure, also as a repetition', () => {
    expect(refusalOf(exporting, signReport(SEED, ACCOUNT.tenantId, 'export-declined'))).toBe('wrong-token');
    expect(refusalOf(declined, forged)).toBe('wrong-token');
  });
});
