import type { ObservedClosure } from '../../client';
import { toGuid, type Guid } from '../../workflows/contract/account';

export const WORKFLOW_ID = `closure-${'a'.repeat(64)}`;
export const RUN_ID = '0196b1c2-0000-7000-8000-000000000001';
export const CLOSURE_ID = guid('6f1d2c3b-4a59-8687-9a0b-1c2d3e4f5061');

function guid(text: string): Guid {
  const value = toGuid(text);
  if (value === undefined) throw new TypeError(`${text} is not a GUID`);
  return value;
}

/** A closure that was just received, with the given changes. */
export function statusWith(changes: Partial<ObservedClosure> = {}): ObservedClosure {
  return {
    workflowId: WORKFLOW_ID,
    runId: RUN_ID,
    closureId: CLOSURE_ID,
    phase: 'checking',
    receivedAt: '2026-01-31T10:00:00.000Z',
    dueBy: '2026-02-28T23:59:59.999Z',
    targets: [],
    attention: [],
    refusedConfirmations: 0,
    activities: [],
    ...changes,
  };
}
