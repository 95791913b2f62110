import { InvalidArgumentError, type Command } from 'commander';
import type { ListedClosure, ListFilter } from '../../client/list-closures';
import type { Phase } from '../../workflows/contract/phases';
import { jsonOption, parsePhase } from '../arguments';
import type { CliDependencies } from '../dependencies';
import { printable, toJsonLine } from '../output';

interface ListFlags {
  readonly attention?: boolean;
  readonly open?: boolean;
  readonly overdue?: boolean;
  readonly phase?: Phase;
  readonly tenant?: string;
  readonly limit?: number;
  readonly json?: boolean;
}

const EXAMPLES = `
Several conditions must all hold. What was terminated or has failed is listed with the phase that it had come to.
--attention is the alarm: only what goes on, follow-ups that cannot clear up included.

Examples:
  $ closure list --attention
  $ closure list --overdue
  $ closure list --tenant 0d8a… --limit 20 --json
`;

const WIDTHS = { closureId: 36, state: 10, phase: 20, day: 10 };

/** `closure list`: a line a closure. */
export function defineListCommand(program: Command, deps: CliDependencies): void {
  program
    .command('list')
    .description('The closures, open and finished, latest first')
    .option('--attention', 'only those that go on and in which something waits for an operator')
    .option('--open', 'only those that go on')
    .option('--overdue', 'only those that go on although they were due')
    .option('--phase <phase>', 'only those in this phase or with this outcome', parsePhase)
    .option('--tenant <guid>', "only this tenant's")
    .option('--limit <number>', 'at most so many, the latest', parseLimit)
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async ({ json = false, ...flags }: ListFlags) => {
      let isFirst = true;
      for await (const closure of deps.client().list(toFilter(flags), { signal: deps.signal })) {
        if (isFirst && !json) deps.out(HEADER);
        isFirst = false;
        deps.out(json ? toJsonLine(withoutRun(closure)) : toLine(closure));
      }
      if (isFirst && !json) deps.err('closure: there is none.\n');
    });
}

function toFilter({ attention = false, open = false, overdue = false, phase, tenant, limit }: ListFlags): ListFilter {
  return {
    needsAttention: attention,
    isOpen: open,
    isOverdue: overdue,
    ...(phase === undefined ? {} : { phase }),
    ...(tenant === undefined ? {} : { tenantId: tenant }),
    ...(limit === undefined ? {} : { limit }),
  };
}

function parseLimit(text: string): number {
  const limit = Number(text);
  if (Number.isInteger(limit) && limit > 0) return limit;
  throw new InvalidArgumentError('It is a whole number from 1 on.');
}

function withoutRun({ runId, ...shown }: ListedClosure): Omit<ListedClosure, 'runId'> {
  return shown;
}

const HEADER = toColumns(['CLOSURE', 'STATE', 'PHASE', 'RECEIVED', 'DUE BY', 'ATTENTION']);

function toLine({ closureId, workflowId, state, phase, receivedAt, dueBy, attention }: ListedClosure): string {
  const day = (instant: string): string => instant.slice(0, 10);
  return toColumns([closureId ?? workflowId, state, phase, day(receivedAt), day(dueBy), attention.join(', ')]);
}

function toColumns(cells: readonly string[]): string {
  const widths = [WIDTHS.closureId, WIDTHS.state, WIDTHS.phase, WIDTHS.day, WIDTHS.day];
  const line = cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ');
  return `${printable(line.trimEnd())}\n`;
}
