import { describe, it, expect } from '@jest/globals';
import type { ListedClosure, ListFilter } from '../../client';
import { closure } from '../support/cli';
import { CLOSURE_ID, RUN_ID, WORKFLOW_ID } from '../support/observed-closures';

const TENANT = '0d8a2f6e-6f0c-4a57-9d0b-3f1f6a1c2b10';

describe('closure list', () => {
  const listed: ListedClosure = {
    kind: 'closure',
    workflowId: WORKFLOW_ID,
    runId: RUN_ID,
    closureId: CLOSURE_ID,
    state: 'open',
    phase: 'exporting',
    receivedAt: '2026-01-31T10:00:00.000Z',
    dueBy: '2026-02-28T23:59:59.999Z',
    attention: ['export:ExportFailed'],
  };
  async function* list(): AsyncGenerator<ListedClosure> {
    yield await Promise.resolve(listed);
    yield await Promise.resolve(listed);
  }

  it('prints a line a closure', async () => {
    const { stdout } = await closure(['list', '--attention', '--json'], { client: { list } });
    const lines = stdout.trimEnd().split('\n');

    const { runId, ...shown } = listed;
    expect(runId).toBe(RUN_ID);
    expect(lines.map((line): unknown => JSON.parse(line))).toEqual([shown, shown]);
  });

  it('tells people what the columns are, and that there is none', async () => {
    const { stdout } = await closure(['list'], { client: { list } });
    // eslint-disable-next-line require-yield, @typescript-eslint/require-await
    const none = async function* (): AsyncGenerator<ListedClosure> {
      return;
    };
    const empty = await closure(['list', '--attention'], { client: { list: none } });

    const [header, line] = stdout.split('\n');
    expect(header).toMatch(/^CLOSURE +STATE +PHASE +RECEIVED +DUE BY +ATTENTION$/);
    expect(line).toBe(`${CLOSURE_ID}  open        exporting             2026-01-31  2026-02-28  export:ExportFailed`);
    expect(empty).toMatchObject({ exitCode: 0, stdout: '', stderr: 'closure: there is none.\n' });
  });

  it('asks for what its flags say', async () => {
    const asked: unknown[] = [];
    const noting = (filter?: ListFilter) => {
      asked.push(filter);
      return list();
    };

    await closure(['list', '--open', '--overdue', '--limit', '5', '--tenant', TENANT, '--phase', 'erasing'], {
      client: { list: noting },
    });

    expect(asked).toEqual([
      { needsAttention: false, isOpen: true, isOverdue: true, limit: 5, tenantId: TENANT, phase: 'erasing' },
    ]);
  });
});
