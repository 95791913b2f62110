import { describe, expect, it } from '@jest/globals';
import * as state from '../../workflows/closure-state';
import { OUTCOMES, RUNNING_PHASES } from '../../workflows/contract/phases';
import {
  answerTo,
  asked,
  CLOSURE_ID,
  CONFIRM_BY,
  confirmed,
  IN_TIME,
  opened,
  PLANNED,
  WORKFLOW_ID,
  waiting,
  YES,
} from '../support/statuses';

describe('a closure that was just received', () => {
  it('is being checked, has promised nothing yet, and is due in a month', () => {
    expect(opened).toEqual({
      workflowId: WORKFLOW_ID,
      closureId: CLOSURE_ID,
      phase: 'checking',
      receivedAt: '2026-01-31T09:30:00.000Z',
      dueBy: '2026-02-28T23:59:59.999Z',
      targets: [],
      attention: [],
      answered: [],
      refusedConfirmations: 0,
    });
  });
});

describe('a closure in its story', () => {
  it.each(RUNNING_PHASES)('enters the phase %s and keeps all else', (phase) => {
    expect(state.entered(asked, phase)).toEqual({ ...asked, phase });
  });

  it('asks for a confirmation of the plan until the window ends', () => {
    expect(asked).toEqual({
      ...opened,
      ...PLANNED,
      phase: 'awaitingConfirmation',
      confirmBy: CONFIRM_BY.toISOString(),
      targets: [{ name: 'directory', kind: 'directory', state: 'planned' }],
    });
  });

  it('forgets an earlier yes, its cooling off and what was reached when it asks again', () => {
    const cooling = state.confirmed(asked, YES, { at: IN_TIME, coolingOffMs: 1 });
    const fenced = state.targetReached(cooling, { name: 'directory', kind: 'directory', state: 'fenced' });

    expect(state.askedToConfirm(fenced, PLANNED, CONFIRM_BY)).toStrictEqual(asked);
  });

  it('keeps the yes and when it came, and goes on to the erasure', () => {
    expect(confirmed).toEqual({
      ...asked,
      phase: 'erasing',
      confirmation: YES,
      confirmedAt: IN_TIME.toISOString(),
    });
  });

  it('keeps of the yes what everybody knows, and nothing else', () => {
    const talkative = { ...YES, note: 'called at noon' };

    expect(state.confirmed(asked, talkative, { at: IN_TIME, coolingOffMs: 0 })).toStrictEqual(confirmed);
  });

  it('cools off, where that is the rule, until the erasure begins', () => {
    expect(state.confirmed(asked, YES, { at: IN_TIME, coolingOffMs: 86_400_000 })).toEqual({
      ...confirmed,
      phase: 'coolingOff',
      eraseAfter: '2026-02-11T12:00:00.000Z',
    });
  });

  it('passes the point of no return once, at an instant', () => {
    const passed = state.pastPointOfNoReturn(confirmed, IN_TIME);

    expect(passed).toEqual({ ...confirmed, pointOfNoReturnAt: IN_TIME.toISOString() });
    expect(state.pastPointOfNoReturn(passed, CONFIRM_BY)).toEqual(passed);
  });

  it('shows of a target what was seen of it last, and leaves the others as they are', () => {
    const shop = { name: 'shop', kind: 'postgres', state: 'erased', erasedCount: 3, rounds: 1 } as const;
    const directory = { name: 'directory', kind: 'directory', state: 'fenced' } as const;
    const both = { ...asked, targets: [{ ...shop, state: 'planned' as const }, directory] };

    expect(state.targetReached(both, shop).targets).toEqual([shop, directory]);
  });

  it('does not add a target that the plan does not have', () => {
    expect(state.targetReached(opened, { name: 'directory', kind: 'directory', state: 'fenced' }).targets).toEqual([]);
  });

  it('says that a cancellation came too late', () => {
    expect(state.cancellationIgnored(confirmed)).toEqual({ ...confirmed, cancellationIgnored: true });
  });

  it('counts refused confirmations', () => {
    expect(state.confirmationRefused(state.confirmationRefused(asked))).toEqual({ ...asked, refusedConfirmations: 2 });
  });
});

describe('the export of a closure', () => {
  const manifest = {
    kind: 'saved',
    container: 'export-1',
    files: [{ sizeBytes: 1, sha256: 'ab'.repeat(32), etag: '"0x1"' }],
  } as const;
  const saved = state.exported(state.exporting(opened), manifest);

  it('is awaited, then saved with its manifest', () => {
    expect(state.exporting(opened)).toEqual({ ...opened, phase: 'exporting' });
    expect(saved).toEqual({ ...opened, phase: 'exporting', export: manifest });
  });

  it('is given up by the person, who goes on without it', () => {
    expect(state.exportDeclined(opened, IN_TIME.toISOString())).toEqual({
      ...opened,
      export: { kind: 'declined', declinedAt: IN_TIME.toISOString() },
    });
  });

  it('is made anew when it is gone: then neither it nor the yes to what came after it counts any longer', () => {
    const cooling = state.confirmed(state.exported(asked, manifest), YES, { at: IN_TIME, coolingOffMs: 1 });
    const { confirmBy, ...before } = asked;

    expect(confirmBy).toBe(CONFIRM_BY.toISOString());
    expect(state.exporting(cooling)).toStrictEqual({ ...before, phase: 'exporting' });
  });

  it('is kept until then once the closure has ended', () => {
    const keptUntil = '2026-03-14T09:30:00.000Z';

    expect(state.exportKept(saved, keptUntil)).toEqual({ ...saved, export: { ...saved.export, keptUntil } });
  });

  it.each([
    ['there is none', opened],
    ['it was declined', state.exportDeclined(opened, IN_TIME.toISOString())],
  ])('is not kept when %s', (_why, status) => {
    expect(state.exportKept(status, '2026-03-14T09:30:00.000Z')).toBe(status);
  });
});

describe('a step that waits for an operator', () => {
  const exportFailed = waiting('export', { fault: 'ExportFailed', since: '2026-02-02T10:00:00.000Z' });
  const both = state.parked(state.parked(opened, waiting('directory')), waiting('export'));

  it('is shown with its fault, one entry a step', () => {
    const twice = state.parked(state.parked(opened, waiting('export')), exportFailed);

    expect(twice.attention).toEqual([exportFailed]);
    expect(state.attentionLabels(twice)).toEqual(['export:ExportFailed']);
  });

  it('is shown beside another one, in the order in which they stopped', () => {
    expect(state.attentionLabels(both)).toEqual(['directory:Unavailable', 'export:Unavailable']);
  });

  it('goes on without the others when it is answered, and the answer is known', () => {
    const answer = answerTo(waiting('directory'));

    expect(state.resolved(both, answer)).toEqual({ ...opened, attention: [waiting('export')], answered: [answer] });
  });

  it('keeps the last answer, and those of the other steps', () => {
    const answers = [waiting('directory'), waiting('export'), exportFailed].map(answerTo);
    const answered = answers.reduce(state.resolved, both).answered;

    expect(answered).toEqual([answers[0], answers[2]]);
  });

  it('waits no longer when what it was for is over: nobody has answered it', () => {
    expect(state.unparked(both, 'directory')).toEqual({ ...opened, attention: [waiting('export')] });
  });

  it.each(OUTCOMES)('waits no longer when the closure ends as %s', (outcome) => {
    const ended = state.ended(state.parked(asked, waiting('export')), outcome);

    expect(ended).toEqual({ ...asked, phase: outcome, outcome, attention: [] });
    expect(state.attentionLabels(ended)).toEqual([]);
  });
});
