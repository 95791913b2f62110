import { setTimeout as pause } from 'node:timers/promises';
import { AccountClosureClient, createConfirmationToken, type ObservedClosure, type Phase } from '../client';
import { ADA } from './entra/people';
import type { Stack } from './stack';
import { broughtBy, phasesSoFar, titleOf } from './story';

/** A closure that has ended, with what the checks need of it. */
export interface EndedClosure {
  readonly status: ObservedClosure;
  readonly person: typeof ADA;
  /** Its page in the Web UI, for as long as the stack runs. */
  readonly link: string;
}

/** Says lines to whoever watches. */
export type Say = (...lines: readonly string[]) => void;

const LOOK_EVERY_MS = 200;

/** Closes the account of the sample person, and tells every phase in its order, however short. */
export async function narrateClosure(stack: Stack, say: Say): Promise<EndedClosure> {
  const client = AccountClosureClient.connect({ env: stack.environment });
  try {
    // The caller makes the token first and keeps it: a crash in between loses nothing.
    const token = createConfirmationToken();
    const { workflowId, closureId } = await client.request({ tenantId: ADA.tenantId, objectId: ADA.objectId, token });
    const { runId } = await client.find(workflowId);
    const { uiUrl, namespace } = stack.temporal;
    const link = `${uiUrl}/namespaces/${namespace}/workflows/${workflowId}/${runId}/timeline`;
    say('', `Closure ${closureId}`, `Web UI, while the demo runs: ${link}`, '');
    const status = await follow(client, { workflowId, token, say });
    return { status, person: ADA, link };
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
  const told: Phase[] = [];
  for (;;) {
    const status = await client.status(workflowId);
    tellNews(status, told, say);
    if (status.outcome !== undefined) return status;
    if (status.phase === 'awaitingConfirmation') {
      const { planDigest } = status;
      await client.confirm(workflowId, { token, planDigest });
      say(`${time()}  Yes: signed with the token over plan ${planDigest.slice(0, 12)}…`);
    }
    await pause(LOOK_EVERY_MS);
  }
}

/** Tells what has not been told, and remembers it. A phase may be over before anybody looked. */
function tellNews(status: ObservedClosure, told: Phase[], say: Say): void {
  for (const phase of phasesSoFar(status).filter((phase) => !told.includes(phase))) {
    const before = told.at(-1);
    const facts = before === undefined ? [] : broughtBy(before, status);
    say(...facts.map((fact) => `          ${fact}`), `${time()}  ${titleOf(phase)}`);
    told.push(phase);
  }
}

function time(): string {
  return new Date().toISOString().slice(11, 19);
}
