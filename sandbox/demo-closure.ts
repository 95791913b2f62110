import { setTimeout as pause } from 'node:timers/promises';
import { AccountClosureClient, createConfirmationToken, type ObservedClosure } from '../client';
import type { Attention } from '../workflows/contract/attention';
import { ADA } from './entra/people';
import type { SampleStack } from './sample-stack';
import { storySoFar } from './story';

/** A closure that has ended, with what the checks need of it. */
export interface EndedClosure {
  readonly status: ObservedClosure;
  /** How often a step waited for the operator. */
  readonly interventions: number;
  /** Its page in the Web UI, for as long as the stack runs. */
  readonly link: string;
}

/** Says lines to whoever watches. */
export type Say = (...lines: readonly string[]) => void;

const LOOK_EVERY_MS = 200;
const OPERATOR = 'operator-7';

/**
 * Closes the account of Ada, and tells every phase in its order, however short. The service breaks down before it is asked to
 * erase, and is repaired when the closure waits for an operator.
 * @throws Error when anything else waits for an operator
 */
export async function narrateClosure(stack: SampleStack, say: Say): Promise<EndedClosure> {
  const client = AccountClosureClient.connect({ env: stack.environment });
  try {
    // The caller makes the token first and keeps it: a crash in between loses nothing.
    const token = createConfirmationToken();
    const { workflowId, closureId } = await client.request({ tenantId: ADA.tenantId, objectId: ADA.objectId, token });
    const { runId } = await client.find(workflowId);
    const { uiUrl, namespace } = stack.temporal;
    const link = `${uiUrl}/namespaces/${namespace}/workflows/${workflowId}/${runId}/timeline`;
    say('', `Closure ${closureId}`, `Web UI, while the demo runs: ${link}`, '');
    const ended = await follow({ client, workflowId, token, crm: stack.systems.crm, say });
    return { ...ended, link };
  } finally {
    await client.close();
  }
}

interface Followed {
  readonly client: AccountClosureClient;
  readonly workflowId: string;
  readonly token: string;
  readonly crm: SampleStack['systems']['crm'];
  readonly say: Say;
}

async function follow(followed: Followed): Promise<Omit<EndedClosure, 'link'>> {
  const { client, workflowId, say } = followed;
  const told = new Set<string>();
  let interventions = 0;
  for (;;) {
    const status = await client.status(workflowId);
    tellNews(status, told, say);
    if (status.outcome !== undefined) return { status, interventions };
    if (status.phase === 'awaitingConfirmation') await confirm(followed, status.planDigest);
    for (const waiting of status.attention) {
      interventions += 1;
      await answer(followed, status, waiting);
    }
    await pause(LOOK_EVERY_MS);
  }
}

async function confirm({ client, workflowId, token, crm, say }: Followed, planDigest: string): Promise<void> {
  crm.breakDown('read-only');
  say(facts('The demo now breaks the service: crm still answers, and refuses to erase.'));
  await client.confirm(workflowId, { token, planDigest });
  say(`${time()}  Yes: signed with the token over plan ${planDigest.slice(0, 12)}…`);
}

/** What an operator would see, and does: the cause is repaired, then the step is tried again. */
async function answer(
  { client, workflowId, crm, say }: Followed,
  { closureId }: ObservedClosure,
  { target, fault, operation = '', code = '', text, since }: Attention,
): Promise<void> {
  say(
    `${time()}  Attention: ${target} waits for an operator; nothing is skipped, and the account comes last.`,
    facts(`${fault} at ${operation}, code ${code}: ${text}`),
    facts('An operator sees it with     npx closure list --attention'),
    facts(`and answers, once repaired,  npx closure resolve ${closureId} --target ${target} --by ${OPERATOR}`),
  );
  if (target !== 'crm') throw new Error(`The demo did not break ${target}: see what the worker says about it.`);
  crm.repair();
  await client.resolve(workflowId, { target, action: 'retry', by: OPERATOR, since });
  say(`${time()}  Resolve: crm is repaired, and ${OPERATOR} lets the closure go on.`);
}

/** Tells what has not been told, and remembers it. A phase may be over before anybody looked. */
function tellNews(status: ObservedClosure, told: Set<string>, say: Say): void {
  for (const { key, isTitle, text } of storySoFar(status).filter((line) => !told.has(line.key))) {
    say(isTitle ? `${time()}  ${text}` : facts(text));
    told.add(key);
  }
}

function facts(text: string): string {
  return `          ${text}`;
}

function time(): string {
  return new Date().toISOString().slice(11, 19);
}
