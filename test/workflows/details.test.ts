import { describe, expect, it } from '@jest/globals';
import { detailsOf } from '../../workflows/details';
import { isResolution } from '../../workflows/contract/messages';
import type { ExportStatus } from '../../workflows/contract/export';
import { OUTCOMES, RUNNING_PHASES } from '../../workflows/contract/phases';
import { resolutionRefusal } from '../../workflows/message-rules';
import { asked, CLOSURE_ID, CONFIRM_BY, receivedWith, waiting } from '../support/statuses';

const lines = (...status: Parameters<typeof detailsOf>): string[] => detailsOf(...status).split('\n');
const FILE = { sizeBytes: 1, sha256: 'ab'.repeat(32), etag: '"0x1"' };

describe('the details that the Web UI shows', () => {
  it('say what a new closure waits for, when it is due, and which it is', () => {
    expect(lines(receivedWith())).toEqual([
      '**checking**, waits for the answer whether this account may be closed here.',
      '',
      '- Due by: 2026-02-28T23:59:59.999Z',
      `- Closure \`${CLOSURE_ID}\``,
    ]);
  });

  it.each(RUNNING_PHASES)('name the phase %s and what it waits for', (phase) => {
    expect(detailsOf(receivedWith({ phase }))).toMatch(new RegExp(String.raw`^\*\*${phase}\*\*, waits for the `));
  });

  it.each(OUTCOMES)('say that a closure which ended as %s waits for nothing', (outcome) => {
    expect(detailsOf(receivedWith({ phase: outcome, outcome }))).toMatch(
      new RegExp(String.raw`^\*\*${outcome}\*\*, waits for nothing: `),
    );
  });

  it('say until when the person is asked, and no longer than they are asked', () => {
    const confirmBy = `- Confirm by: ${CONFIRM_BY.toISOString()}`;
    const phases = [...RUNNING_PHASES, ...OUTCOMES].filter((phase) =>
      lines({ ...asked, phase }).some((line) => line.startsWith('- Confirm by')),
    );

    expect(lines(asked)[0]).toBe("**awaitingConfirmation**, waits for the person's confirmation.");
    expect(lines(asked)).toContain(confirmBy);
    expect(phases).toEqual(['awaitingConfirmation']);
  });

  it('show what is known so far, a line each', () => {
    const known = lines(
      receivedWith({
        reason: 'managed-tenant',
        eraseAfter: '2026-02-03T10:00:00.000Z',
        pointOfNoReturnAt: '2026-02-04T10:00:00.000Z',
        export: { kind: 'saved', container: 'export-1', files: [FILE], keptUntil: '2026-03-04T10:00:00.000Z' },
        targets: [{ name: 'directory', kind: 'directory', state: 'erased', erasedCount: 0, rounds: 1 }],
        refusedConfirmations: 2,
        cancellationIgnored: true,
      }),
    );

    expect(known.slice(2, -2)).toEqual([
      '- Reason: managed-tenant',
      '- Erasure begins: 2026-02-03T10:00:00.000Z',
      '- Point of no return: 2026-02-04T10:00:00.000Z',
      '- Exported files: 1',
      '- Export kept until: 2026-03-04T10:00:00.000Z',
      '- Target `directory`: erased, 0 erased by us',
      '- Refused confirmations: 2',
      '- A cancellation came after the point of no return and is ignored.',
    ]);
  });

  it('count nothing of a target before it was erased', () => {
    const targets = [{ name: 'directory', kind: 'directory', state: 'fenced' }] as const;

    expect(lines(receivedWith({ targets }))).toContain('- Target `directory`: fenced');
  });
});

describe('what the details say of the export', () => {
  const exportLines = (saved: ExportStatus): string[] => lines(receivedWith({ export: saved })).slice(2, -2);

  it('is how many files it has, when there are none, too', () => {
    expect(exportLines({ kind: 'saved', container: 'export-1', files: [] })).toEqual(['- Exported files: 0']);
  });

  it('is that the person goes on without one, and since when', () => {
    expect(exportLines({ kind: 'declined', declinedAt: '2026-02-03T10:00:00.000Z' })).toEqual([
      '- Export declined by the person: 2026-02-03T10:00:00.000Z',
    ]);
  });
});

describe('what the details say of a step that needs an operator', () => {
  const codes = { operation: 'directory.block-sign-in', code: 'Authorization_RequestDenied', requestId: 'a1-b2' };
  const refused = waiting('directory', { fault: 'AccessDenied', text: 'The right is missing.' });

  it('stands before all else: the step, since when, the fault and its text, and how to answer', () => {
    const [, , needs, answer] = lines(receivedWith({ attention: [refused], reason: 'blocked' }));

    expect(needs).toBe(
      '- **Needs an operator:** `directory` since 2026-02-01T10:00:00.000Z: `AccessDenied`. The right is missing.',
    );
    expect(answer).toBe(
      '- Repair the cause, then send the Update `resolve` with ' +
        '`{"target":"directory","action":"retry","by":"<your id>","since":"2026-02-01T10:00:00.000Z"}`.',
    );
  });

  it('names the failed call in codes, between what is wrong and how to answer', () => {
    const shown = lines(receivedWith({ attention: [{ ...refused, ...codes }] })).slice(2, 5);

    expect(shown[1]).toBe('- Failed call: `directory.block-sign-in`, `Authorization_RequestDenied`, `a1-b2`');
    expect(shown[2]).toMatch(/^- Repair the cause/);
  });

  it.each(Object.entries(codes))('names of the failed call what is known: %s', (name, value) => {
    const shown = lines(receivedWith({ attention: [{ ...refused, [name]: value }] }));

    expect(shown[3]).toBe(`- Failed call: \`${value}\``);
  });

  it('tells an answer that is accepted as it stands, with the own id in its place, and once more', () => {
    const status = receivedWith({ attention: [refused, waiting('export', { since: '2026-02-03T10:00:00.000Z' })] });
    const pasted = [...detailsOf(status).matchAll(/`resolve` with `(\{.*\})`/g)].map(([, json = '']): unknown =>
      JSON.parse(json.replace('<your id>', 'op-1')),
    );

    expect(pasted).toHaveLength(2);
    expect(pasted.map((answer) => [isResolution(answer), resolutionRefusal(status, answer)])).toEqual([
      [true, undefined],
      [true, undefined],
    ]);
  });

  it('tells an answer that nobody sends unread: it has still no id of its own', () => {
    const [json = ''] = /\{.*\}/.exec(detailsOf(receivedWith({ attention: [refused] }))) ?? [];

    expect(isResolution(JSON.parse(json))).toBe(false);
  });

  it('says of each target in a line of its own what became of it, and which one waits', () => {
    const targets = [
      { name: 'shop', kind: 'postgres', state: 'erased', erasedCount: 2 },
      { name: 'crm', kind: 'http', state: 'planned' },
    ] as const;

    const shown = lines(receivedWith({ targets, attention: [waiting('crm', { since: '2026-02-03T10:00:00.000Z' })] }));

    expect(shown.filter((text) => text.startsWith('- Target '))).toEqual([
      '- Target `shop`: erased, 2 erased by us',
      '- Target `crm`: planned, **waits for an operator**',
    ]);
  });
});
