import { describe, expect, it } from '@jest/globals';
import * as state from '../../workflows/closure-state';
import { closureWorkflowId } from '../../workflows/contract/account';
import { adviceFor, REJECTION_REASONS } from '../../workflows/contract/eligibility';
import { OUTCOMES, type ClosureStatus } from '../../workflows/contract/status';
import {
  PUBLIC_KEY,
  ACCOUNT,
  WORKFLOW_ID,
  CLOSURE_ID,
  LATER,
  PLANNED,
  YES,
  opened,
  asked,
  confirmed,
  waiting,
} from '../support/closure-on-its-way';

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
      refusedConfirmations: 0,
    });
  });
});

describe('a start input', () => {
  const request = { account: ACCOUNT, publicKey: PUBLIC_KEY };

  it('is a request when account and public key are good and the Workflow id is the one of the account', () => {
    expect(state.isRequestFor(WORKFLOW_ID, request)).toBe(true);
    expect(state.isRequestFor(WORKFLOW_ID, { ...request, from: 'a later version' })).toBe(true);
  });

  it('is refused under the Workflow id of another account', () => {
    const other = { ...ACCOUNT, objectId: ACCOUNT.tenantId };

    expect(state.isRequestFor(closureWorkflowId(other), request)).toBe(false);
  });

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['a text', 'request'],
    ['without a public key', { account: ACCOUNT }],
    ['without an account', { publicKey: PUBLIC_KEY }],
    ['with a text as account', { account: 'ada', publicKey: PUBLIC_KEY }],
    ['with null as account', { account: null, publicKey: PUBLIC_KEY }],
    ['without an object id', { account: { tenantId: ACCOUNT.tenantId }, publicKey: PUBLIC_KEY }],
    ['without a tenant id', { account: { objectId: ACCOUNT.objectId }, publicKey: PUBLIC_KEY }],
    ['with a number as public key', { account: ACCOUNT, publicKey: 7 }],
    ['with a short public key', { account: ACCOUNT, publicKey: PUBLIC_KEY.slice(1) }],
  ])('is refused when it is %s', (_what, input) => {
    expect(state.isRequestFor(WORKFLOW_ID, input)).toBe(false);
  });

  it.each(['tenantId', 'objectId'])(
    'is refused when %s is no lower-case GUID, though the Workflow id fits it',
    (id) => {
      const named = { tenantId: ACCOUNT.tenantId, objectId: ACCOUNT.objectId, [id]: ACCOUNT.objectId.toUpperCase() };

      expect(state.isRequestFor(closureWorkflowId({ ...ACCOUNT, ...named }), { ...request, account: named })).toBe(
        false,
      );
    },
  );
});

describe('a closure in its story', () => {
  it('enters a phase and keeps all else', () => {
    expect(state.entered(asked, 'erasing')).toEqual({ ...asked, phase: 'erasing' });
  });

  it('keeps the manifest of the export', () => {
    const manifest = { container: 'export-1', files: [] };

    expect(state.exported(opened, manifest)).toEqual({ ...opened, export: manifest });
  });

  it('asks for a confirmation of the plan until the window ends', () => {
    expect(asked).toEqual({
      ...opened,
      ...PLANNED,
      phase: 'awaitingConfirmation',
      confirmBy: LATER.toISOString(),
      targets: [{ name: 'directory', state: 'planned' }],
    });
  });

  it('forgets an earlier yes and its cooling off when it asks again', () => {
    const cooling = state.coolingOff(confirmed, LATER);

    expect(state.askedToConfirm(cooling, PLANNED, LATER)).toEqual(asked);
  });

  it('keeps the yes and when it came', () => {
    expect(confirmed).toEqual({ ...asked, confirmation: YES, confirmedAt: LATER.toISOString() });
  });

  it('cools off until the erasure begins', () => {
    expect(state.coolingOff(confirmed, LATER)).toEqual({
      ...confirmed,
      phase: 'coolingOff',
      eraseAfter: LATER.toISOString(),
    });
  });

  it('passes the point of no return at an instant', () => {
    expect(state.pastPointOfNoReturn(confirmed, LATER)).toEqual({
      ...confirmed,
      pointOfNoReturnAt: LATER.toISOString(),
    });
  });

  it('keeps what a target reached before when it comes further', () => {
    const erased = state.targetReached(asked, { name: 'directory', state: 'erased', erasedCount: 1, rounds: 1 });
    const verified = state.targetReached(erased, { name: 'directory', state: 'verified' });

    expect(verified.targets).toEqual([{ name: 'directory', state: 'verified', erasedCount: 1, rounds: 1 }]);
  });

  it('does not add a target that the plan does not have', () => {
    expect(state.targetReached(opened, { name: 'directory', state: 'fenced' }).targets).toEqual([]);
  });

  it('says that a cancellation came too late', () => {
    expect(state.cancellationIgnored(confirmed)).toEqual({ ...confirmed, cancellationIgnored: true });
  });

  it('counts refused confirmations', () => {
    expect(state.confirmationRefused(state.confirmationRefused(asked))).toEqual({ ...asked, refusedConfirmations: 2 });
  });
});

describe('a step that waits for an operator', () => {
  it('is shown with its fault, one entry a step', () => {
    const twice = state.parked(state.parked(opened, waiting('export')), waiting('export', 'ExportFailed'));

    expect(twice.attention).toEqual([waiting('export', 'ExportFailed')]);
    expect(state.attentionLabels(twice)).toEqual(['export:ExportFailed']);
  });

  it('is shown beside another one, in the order in which they stopped', () => {
    const both = state.parked(state.parked(opened, waiting('directory')), waiting('export'));

    expect(state.attentionLabels(both)).toEqual(['directory:Unavailable', 'export:Unavailable']);
  });

  it('goes on without the others when it is resolved', () => {
    const both = state.parked(state.parked(opened, waiting('directory')), waiting('export'));

    expect(state.resolved(both, 'directory').attention).toEqual([waiting('export')]);
  });

  it.each(OUTCOMES)('waits no longer when the closure ends as %s', (outcome) => {
    const ended = state.ended(state.parked(asked, waiting('export')), outcome);

    expect(ended).toEqual({ ...asked, phase: outcome, outcome, attention: [] });
    expect(state.attentionLabels(ended)).toEqual([]);
  });
});

describe('a rejected closure', () => {
  it.each(REJECTION_REASONS)('tells the person what to do when the reason is %s', (reason) => {
    expect(state.rejected(opened, { kind: 'rejected', reason })).toStrictEqual({
      ...opened,
      phase: 'rejected',
      outcome: 'rejected',
      reason,
      advice: adviceFor(reason),
    });
    expect(adviceFor(reason)).toMatch(/^[A-Z].+\.$/);
  });

  it('names every blocker', () => {
    const blockers = [
      { kind: 'guest-account', count: 1 } as const,
      { kind: 'sole-owner-of-groups', count: 2 } as const,
    ];

    expect(state.rejected(opened, { kind: 'rejected', reason: 'blocked', blockers }).blockers).toEqual(blockers);
  });
});

describe('a stopped closure', () => {
  const stop = { kind: 'stopped', reason: 'managed-tenant', signIn: 'blocked', done: [] } as const;
  const stoppedIn = (reached: Partial<ClosureStatus['targets'][number]>, done: readonly string[] = []): ClosureStatus =>
    state.stopped(state.targetReached(confirmed, { name: 'directory', state: 'planned', ...reached }), 'directory', {
      ...stop,
      done,
    });

  it('ends with the reason, advice, and whether sign-in stays blocked', () => {
    const stopped = state.stopped(state.parked(confirmed, waiting('directory')), 'directory', stop);

    expect(stopped).toMatchObject({
      phase: 'stopped',
      outcome: 'stopped',
      reason: 'managed-tenant',
      attention: [],
      targets: [{ name: 'directory', state: 'stopped' }],
      stop: { signIn: 'blocked' },
    });
  });

  it.each([
    ['account-gone', /somebody else/],
    ['managed-tenant', /got an administrator/],
    ['federated-tenant', /own identity provider/],
    ['unknown-tenant', /moved to another tenant/],
  ] as const)('advises about %s', (reason, advice) => {
    expect(state.stopped(confirmed, 'directory', { ...stop, reason }).advice).toMatch(advice);
  });

  it('has done nothing when the first fence was stopped', () => {
    expect(stoppedIn({}).stop).toEqual({
      done: [],
      notDone: ['directory:fence', 'directory:erase', 'directory:verify'],
      signIn: 'blocked',
    });
  });

  it('lists the steps that were done, the parts of the interrupted one, and the steps that were not', () => {
    expect(stoppedIn({ state: 'fenced' }, ['soft-delete']).stop).toMatchObject({
      done: ['directory:fence', 'directory:soft-delete'],
      notDone: ['directory:erase', 'directory:verify'],
    });
    expect(stoppedIn({ state: 'erased' }).stop).toMatchObject({
      done: ['directory:fence', 'directory:erase'],
      notDone: ['directory:verify'],
    });
    expect(stoppedIn({ state: 'verified' }).stop).toMatchObject({
      done: ['directory:fence', 'directory:erase', 'directory:verify'],
      notDone: [],
    });
  });

  it('leaves other targets as they are', () => {
    expect(state.stopped(confirmed, 'elsewhere', stop).targets).toEqual(confirmed.targets);
  });
});
