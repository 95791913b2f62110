import { createHash } from 'node:crypto';
import { createPostgresAuditLog } from '../activities/adapters/audit-log/postgres';
import { createDatabase } from '../activities/adapters/database/database';
import type { EndedClosure, Say } from './demo-closure';
import type { Stack } from './stack';

interface Check {
  readonly fact: string;
  readonly holds: boolean;
}

const EXPECTED_ENTRIES = [
  ...['export:request', 'directory:fence', 'directory:erase'].flatMap((effect) => [
    `${effect} intent`,
    `${effect} result`,
  ]),
  'directory:verify result',
];

/** Asks the far ends themselves whether all is as the closure says. Says each answer; true when every one holds. */
export async function checkFarEnds(stack: Stack, closure: EndedClosure, say: Say): Promise<boolean> {
  const checks = [...closureChecks(stack, closure), await auditCheck(stack, closure)];
  say('', ...checks.map(({ fact, holds }) => `${holds ? '[ok]  ' : '[FAIL]'} ${fact}`));
  return checks.every(({ holds }) => holds);
}

function closureChecks({ entra }: Stack, { status, person }: EndedClosure): Check[] {
  const written = entra.world.exportFilesOf(person.objectId).map(({ content }) => sha256(content));
  const recorded = filesOf(status).map((file) => file.sha256);
  const others = entra.requests.filter(({ method, path }) => method !== 'GET' && !path.includes(person.objectId));
  return [
    { fact: 'the closure ended as closed', holds: status.outcome === 'closed' },
    { fact: 'the directory has purged the account', holds: entra.world.isPurged(person.objectId) },
    {
      fact: `the export is complete by hash (${String(written.length)} files)`,
      holds: written.length > 0 && written.toSorted().join() === recorded.toSorted().join(),
    },
    { fact: 'nothing of anybody else was written to', holds: others.length === 0 },
  ];
}

async function auditCheck({ environment }: Stack, { status }: EndedClosure): Promise<Check> {
  const database = createDatabase(environment['DATABASE_URL'] ?? '');
  try {
    const entries = await createPostgresAuditLog(database).list(status.closureId, AbortSignal.timeout(10_000));
    // Other kinds tell of decisions and of single calls; before and after every effect there are these two.
    const ofEffects = entries.filter(({ target, kind }) => target !== 'closure' && ['intent', 'result'].includes(kind));
    const found = ofEffects.map(({ target, step, kind }) => `${target}:${step} ${kind}`);
    const fact = `the audit log has an intent and a result for every effect (${String(entries.length)} entries in all)`;
    return { fact, holds: found.join() === EXPECTED_ENTRIES.join() };
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
