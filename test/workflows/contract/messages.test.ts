import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { closureWorkflowId } from '../../../workflows/contract/ids';
import { isConfirmation, isReport, signReport } from '../../../workflows/contract/confirmation';
import { isForgetClosureRequest, isRequestFor, isResolution } from '../../../workflows/contract/messages';
import { STEP_NAMES } from '../../../workflows/contract/targets';
import { UNDECODABLE } from '../../../workflows/contract/undecodable';
import { ACCOUNT, CLOSURE_ID, PUBLIC_KEY, SEED, WORKFLOW_ID, YES } from '../../support/statuses';

interface Message {
  readonly accepts: (value: unknown) => boolean;
  /** One with every field. */
  readonly complete: Readonly<Record<string, unknown>>;
  readonly optional: readonly string[];
}

const REQUEST = { account: ACCOUNT, publicKey: PUBLIC_KEY };
const isRequest = (value: unknown): boolean => isRequestFor(WORKFLOW_ID, value);
const RETRY = { target: 'export', action: 'retry', by: 'op-1', since: '2026-02-01T10:00:00.000Z' };
const FORGET = {
  closureId: CLOSURE_ID,
  workflowId: WORKFLOW_ID,
  deleteExportsAt: '2026-02-01T10:00:00.000Z',
  lookAgainAt: '2026-02-01T10:10:00.000Z',
};

// Whatever is sent to a Workflow, or starts one.
const MESSAGES: readonly (readonly [string, Message])[] = [
  ['a confirmation', { accepts: isConfirmation, complete: { ...YES }, optional: [] }],
  ['a report', { accepts: isReport, complete: { ...signReport(SEED, CLOSURE_ID, 'export-declined') }, optional: [] }],
  ["an operator's answer", { accepts: isResolution, complete: RETRY, optional: ['since'] }],
  [
    "an operator's decision to go on without a target",
    { accepts: isResolution, complete: { ...RETRY, action: 'exempt', basis: 'legal-claims' }, optional: ['since'] },
  ],
  ['a request', { accepts: isRequest, complete: REQUEST, optional: [] }],
  [
    'an account of a request',
    { accepts: (account) => isRequest({ ...REQUEST, account }), complete: { ...ACCOUNT }, optional: [] },
  ],
  ["a follow-up's times", { accepts: isForgetClosureRequest, complete: FORGET, optional: ['lookAgainAt'] }],
];

const FREE_TEXTS = ['called Ada at noon', 'ada@analytical.example', 'x'.repeat(2 * 1024 * 1024)];

describe.each(MESSAGES)('%s', (_name, { accepts, complete, optional }) => {
  const fields = Object.keys(complete);
  const without = (field: string): unknown =>
    Object.fromEntries(Object.entries(complete).filter(([name]) => name !== field));

  it('is accepted with all its fields, in any order', () => {
    expect(accepts(complete)).toBe(true);
    expect(accepts(Object.fromEntries(Object.entries(complete).toReversed()))).toBe(true);
  });

  it('is refused without one of them, unless that is optional', () => {
    const missed = fields.filter((field) => !accepts(without(field)));

    expect(missed).toEqual(fields.filter((field) => !optional.includes(field)));
  });

  it.each(FREE_TEXTS.map((text) => [text.slice(0, 30), text]))('takes no free text in a field: %s', (_text, text) => {
    expect(fields.filter((field) => accepts({ ...complete, [field]: text }))).toEqual([]);
  });

  it.each(FREE_TEXTS.map((text) => [text.slice(0, 30), text]))('takes none beside them: %s', (_text, text) => {
    expect(accepts({ ...complete, note: text })).toBe(false);
    expect(accepts({ ...complete, [text]: '' })).toBe(false);
  });

  it('is refused with a field that nobody knows, whatever it holds', () => {
    const key = fc.oneof(fc.string(), fc.constantFrom('constructor', 'toJSON', 'basis', 'note'));
    fc.assert(
      fc.property(key, fc.anything(), (name, value) => {
        fc.pre(!fields.includes(name));
        const entries = [...Object.entries(complete), [name, value] as const];

        expect(accepts(Object.fromEntries(entries))).toBe(false);
      }),
    );
  });

  it('is refused with a prototype of its own, and when it has inherited its fields', () => {
    const text = JSON.stringify(complete);

    expect(accepts(JSON.parse(text.replace('{', '{"__proto__":{},')))).toBe(false);
    expect(accepts(Object.create(complete))).toBe(false);
  });

  it('is refused as a list, or as something else altogether', () => {
    const others = [undefined, null, 7, 'text', true, UNDECODABLE, [complete], Object.values(complete)];

    expect(others.map(accepts)).toEqual(others.map(() => false));
    expect(accepts(Object.assign([], complete))).toBe(false);
  });

  it('takes no list, object, number or truth in a field', () => {
    const values = (value: unknown): unknown[] => [[value], { value }, 7, true, null];

    const taken = fields.filter((field) =>
      values(complete[field]).some((value) => accepts({ ...complete, [field]: value })),
    );
    expect(taken).toEqual([]);
  });

  it('is never an arbitrary value', () => {
    const anything = fc.oneof(fc.anything(), fc.jsonValue());
    const shaped = fc.record(Object.fromEntries(fields.map((field) => [field, anything])));
    fc.assert(
      fc.property(fc.oneof(anything, shaped), (value) => {
        expect(accepts(value)).toBe(false);
      }),
      { numRuns: 300 },
    );
  });
});

describe("an operator's answer", () => {
  it.each([...STEP_NAMES, 'directory', 'shop'])('may be for %s', (target) => {
    expect(isResolution({ ...RETRY, target })).toBe(true);
  });

  it.each(['skip', 'exempt', 'RETRY', ''])('is never to %p', (action) => {
    expect(isResolution({ ...RETRY, action })).toBe(false);
  });

  it('says since when as the status shows it, with or without milliseconds, or not at all', () => {
    const since = ['2026-02-01T10:00:00.000Z', '2026-02-01T10:00:00Z', undefined];

    expect(since.map((value) => isResolution({ ...RETRY, since: value }))).toEqual([true, true, true]);
  });

  it.each(['', 'noon', '2026-02-01', '2026-02-01T10:00:00+01:00'])('never says since %p', (since) => {
    expect(isResolution({ ...RETRY, since })).toBe(false);
  });
});

describe('a request', () => {
  it('is refused under the Workflow id of another account', () => {
    const other = { ...ACCOUNT, objectId: ACCOUNT.tenantId };

    expect(isRequestFor(closureWorkflowId(other), REQUEST)).toBe(false);
    expect(isRequestFor('', REQUEST)).toBe(false);
  });

  it.each(['tenantId', 'objectId'])('is refused when %s is no lower-case GUID, though the id fits it', (id) => {
    const named = { ...ACCOUNT, [id]: ACCOUNT.objectId.toUpperCase() };

    expect(isRequestFor(closureWorkflowId(named), { ...REQUEST, account: named })).toBe(false);
  });

  it.each([
    ['a character short', PUBLIC_KEY.slice(1)],
    ['a character long', `${PUBLIC_KEY}A`],
    ['padded', `${PUBLIC_KEY}=`],
  ])('is refused when its public key is %s', (_what, publicKey) => {
    expect(isRequest({ ...REQUEST, publicKey })).toBe(false);
  });
});

describe("a follow-up's times", () => {
  it.each(['closureId', 'workflowId'])('name the closure by its ids and nothing else: %s', (id) => {
    const others = ['', 'closure', FORGET.closureId.toUpperCase(), WORKFLOW_ID.toUpperCase(), `forget-${CLOSURE_ID}`];

    expect(others.filter((value) => isForgetClosureRequest({ ...FORGET, [id]: value }))).toEqual([]);
  });

  it.each(['deleteExportsAt', 'lookAgainAt'])('are instants: %s', (time) => {
    const others = ['', 'tomorrow', '2026-02-01', '2026-02-01T10:00:00+01:00'];

    expect(others.filter((value) => isForgetClosureRequest({ ...FORGET, [time]: value }))).toEqual([]);
    expect(isForgetClosureRequest({ ...FORGET, [time]: '2026-02-01T10:00:00Z' })).toBe(true);
  });
});
