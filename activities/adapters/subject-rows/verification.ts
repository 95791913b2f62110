import type { RowErasure, SubjectRows } from '../../ports/subject-rows';
import type { PostgresDefinition } from '../../ports/target-catalog';
import type { Ask, TargetDatabase } from '../database/target-database';
import { countHeld, countToDo } from './counts';
import { isFoundAfterwards } from './reach';
import { readServerState, standingOf, VERIFY } from './replay';
import type { Shapes } from './shapes';

type Remaining = Awaited<ReturnType<SubjectRows['remaining']>>;
type Counts = Omit<Extract<Remaining, { readonly kind: 'read' }>, 'kind' | 'path'>;

/** Where the rows are read again. */
export interface Verification {
  readonly definition: PostgresDefinition;
  readonly shapes: Shapes;
  readonly ids: RowErasure['ids'];
  /** The server that was erased on, by connections that no erasure uses. */
  readonly sameServer: TargetDatabase;
  /** The server of `verifyUrl`, where there is one. */
  readonly replica: TargetDatabase | undefined;
  readonly signal: AbortSignal;
}

/** Reads again: on the standby when it has come so far, and on the same server when there is none. */
export async function readRemaining(verification: Verification): Promise<Remaining> {
  const { replica, sameServer, signal } = verification;
  const options = { mode: 'read', operation: VERIFY, signal } as const;
  if (replica !== undefined) {
    const primary = await sameServer.transaction(options, readServerState);
    // One transaction: behind a pooler the next one might be another server's.
    const there = await replica.transaction(options, async (ask): Promise<Remaining | 'no-standby'> => {
      const standing = await standingOf(ask, primary);
      if (standing === 'behind') return { kind: 'behind' };
      return standing === 'replica'
        ? { kind: 'read', path: 'replica', ...(await countRemaining(ask, verification)) }
        : standing;
    });
    if (there !== 'no-standby') return there;
  }
  return await sameServer.transaction(options, async (ask) => ({
    kind: 'read',
    path: 'same-server',
    ...(await countRemaining(ask, verification)),
  }));
}

async function countRemaining(ask: Ask, { definition, ids, shapes }: Verification): Promise<Counts> {
  const of = { ids, shapes };
  const { tables } = definition;
  const left: number[] = [];
  for (const rule of tables) left.push(await countToDo(ask, rule, of));
  // Of what nobody can find any more, no count is better than none.
  const stays = tables.filter((rule) => rule.action.kind === 'retain' && isFoundAfterwards(rule, definition));
  const retained = [];
  for (const rule of stays) retained.push(await countHeld(ask, rule, of));
  return { remaining: left.reduce((sum, count) => sum + count, 0), retained };
}
