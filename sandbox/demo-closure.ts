import { setTimeout as pause } from 'node:timers/promises';
import { AccountClosureClient, createConfirmationToken, type ObservedClosure, type Phase } from '../client';
import { ADA } from './entra/people';
import type { Stack } from './stack';

/** A closure that has ended, with what the checks need of it. */
export interface EndedClosure {
  readonly status: ObservedClosure;
  readonly person: typeof ADA;
}

/** Says lines to whoever watches. */
export type Say = (...lines: readonly string[]) => void;

const TOLD: Record<Phase, string> = {
  checking: 'Verify tenant: is it unmanaged, and may this account be closed here?',
  exporting: 'Export: the directory writes the system-generated logs into a container of its own.',
  planning: 'Plan: what will be erased, and what stays.',
  awaitingConfirmation:
    'Confirmation: closing is irreversible, all personal data goes, access ends. Waiting for the yes.',
  coolingOff: 'Cooling off: the person may still withdraw.',
  erasing: 'Erasure: block sign-in, revoke sessions, delete, purge. From here on there is no way back.',
  verifying: 'Verification: read again, and once more after the quiet period.',
  closed: 'Closed.',
  rejected: 'Rejected.',
  withdrawn: 'Withdrawn.',
  expired: 'Expired.',
  stopped: 'Stopped.',
};

const LOOK_EVERY_MS = 200;

/** Closes the account of the sample person, and tells every phase as it comes. */
export async function narrateClosure(stack: Stack, say: Say): Promise<EndedClosure> {
  const client = AccountClosureClient.connect({ env: stack.environment });
  try {
    // The caller makes the token first and keeps it: a crash in between loses nothing.
    const token = createConfirmationToken();
    const { workflowId, closureId } = await client.request({ tenantId: ADA.tenantId, objectId: ADA.objectId, token });
    const { runId } = await client.find(workflowId);
    say('', `Closure ${closureId}`);
    say(
      `Web UI  ${stack.temporal.uiUrl}/namespaces/${stack.temporal.namespace}/workflows/${workflowId}/${runId}/timeline`,
      '',
    );
    const status = await follow(client, { workflowId, token, say });
    return { status, person: ADA };
  } finally {
    await client.close();
  }
}

interface Followed {
  readonly workflowId: string;
  readonly token: string;
  readonly say: Say;
}

async function follow(client: AccountClosureClient, { workflowId, token, say }: Followed): Promise<ObservedClosure> {
  let told: Phase | undefined;
  for (;;) {
    const status = await client.status(workflowId);
    if (status.phase !== told) say(`${time()}  ${TOLD[status.phase]}`);
    told = status.phase;
    if (status.outcome !== undefined) return status;
    if (status.phase === 'awaitingConfirmation' && status.confirmation === undefined) {
      await confirm(client, status, { workflowId, token, say });
    }
    await pause(LOOK_EVERY_MS);
  }
}

async function confirm(
  client: AccountClosureClient,
  status: ObservedClosure,
  { workflowId, token, say }: Followed,
): Promise<void> {
  const { planDigest = '', plan, export: exported } = status;
  say(`          exported: ${String(exported?.files.length ?? 0)} files`);
  for (const { name, erases, retains } of plan?.targets ?? []) {
    say(`          ${name}: erases ${erases.map(({ what, count }) => `${what} (${String(count)})`).join(', ')}`);
    say(`          ${name}: stays ${retains.map(({ what, basis }) => `${what} (${basis})`).join(', ')}`);
  }
  await client.confirm(workflowId, { token, planDigest });
  say(`${time()}  Yes: signed with the token over plan ${planDigest.slice(0, 12)}…`);
}

function time(): string {
  return new Date().toISOString().slice(11, 19);
}
