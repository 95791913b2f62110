import { createHash } from 'node:crypto';
import { createPostgresAuditLog } from '../activities/adapters/audit-log/postgres';
import { createDatabase } from '../activities/adapters/database/database';
import type { EndedClosure, Say } from './demo-closure';
import { readHoldings, systemChecks, type Check, type Holdings } from './demo-systems';
import { ADA } from './entra/people';
import type { SampleStack } from './sample-stack';

const EFFECTS = ['crm:erase', 'directory:erase', 'directory:fence', 'export:request', 'newsletter:erase', 'shop:erase'];
const VERIFIED = ['crm:verify', 'directory:verify', 'newsletter:verify', 'shop:verify'];

/**
 * Asks the far ends and the systems themselves whether all is as the closure says. Says each answer; true when every one holds.
 * @param before what the systems held before the closure was requested
 */
export async function checkFarEnds(
  stack: SampleStack,
  { closure, before }: { readonly closure: EndedClosure; readonly before: Holdings },
  say: Say,
): Promise<boolean> {
  const checks = [
    ...closureChecks(stack, closure),
    ...systemChecks(before, await readHoldings(stack.systems)),
    await auditCheck(stack, closure),
  ];
  say('', ...checks.map(({ fact, holds }) => `${holds ? '[ok]  ' : '[FAIL]'} ${fact}`));
  return checks.every(({ holds }) => holds);
}

function closureChecks({ entra }: SampleStack, { status, interventions }: EndedClosure): readonly Check[] {
  const written = entra.world.exportFilesOf(ADA.objectId).map(({ content }) => sha256(content));
  const recorded = filesOf(status).map((file) => file.sha256);
  const others = entra.requests.filter(({ method, path }) => method !== 'GET' && !path.includes(ADA.objectId));
  return [
    {
      fact: 'the closure waited for the operator once, and ended as closedWithRetention',
      holds: interventions === 1 && status.outcome === 'closedWithRetention',
    },
    { fact: 'the directory has purged the account', holds: entra.world.isPurged(ADA.objectId) },
    {
      fact: `the export is complete by hash (${String(written.length)} files)`,
      holds: written.length > 0 && written.toSorted().join() === recorded.toSorted().join(),
    },
    { fact: 'nothing of anybody else was written to in the directory', holds: others.length === 0 },
  ];
}

async function auditCheck({ environment }: SampleStack, { status }: EndedClosure): Promise<Check> {
  const database = createDatabase(environment['DATABASE_URL'] ?? '');
  try {
    const entries = await createPostgresAuditLog(database).list(status.closureId, AbortSignal.timeout(10_000));
    const ofEffects = entries.filter(({ target }) => target !== 'closure');
    const namesOf = (kind: string): readonly string[] =>
      ofEffects.filter((entry) => entry.kind === kind).map(({ target, step }) => `${target}:${step}`);
    const fact = `the audit log has an intent and a result for every effect, and what every look found (${String(entries.length)} entries in all)`;
    const hasIntents = namesOf('intent').toSorted().join() === EFFECTS.join();
    const hasResults = namesOf('result').toSorted().join() === [...EFFECTS, ...VERIFIED].toSorted().join();
    return { fact, holds: hasIntents && hasResults };
  } finally {
    await database.close();
  }
}

function filesOf({ export: saved }: EndedClosure['status']): readonly { readonly sha256: string }[] {
  return saved?.kind === 'saved' ? saved.files : [];
}

function sha256(content: Uint8Array | string): string {
  return createHash('sha256').update(content).digest('hex');
}
