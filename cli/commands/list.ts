import type { Command } from 'commander';
import type { ListedClosure } from '../../client/list-closures';
import type { Phase } from '../../workflows/contract/status';
import { jsonOption, parsePhase } from '../arguments';
import type { CliDependencies } from '../dependencies';
import { printable, toJsonLine } from '../output';

interface ListFlags {
  readonly attention?: boolean;
  readonly phase?: Phase;
  readonly json?: boolean;
}

const EXAMPLES = `
Examples:
  $ closure list --attention
  $ closure list --phase awaitingConfirmation --json
`;

/** `closure list`: a line a closure. */
export function defineListCommand(program: Command, deps: CliDependencies): void {
  program
    .command('list')
    .description('The closures, open and finished, latest first')
    .option('--attention', 'only those in which something waits for an operator')
    .option('--phase <phase>', 'only those in this phase or with this outcome', parsePhase)
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async ({ attention = false, phase, json = false }: ListFlags) => {
      const filter = { needsAttention: attention, ...(phase === undefined ? {} : { phase }) };
      for await (const closure of deps.client().list(filter)) {
        deps.out(json ? toJsonLine(withoutRun(closure)) : toLine(closure));
      }
    });
}

function withoutRun(closure: ListedClosure): Omit<ListedClosure, 'runId'> {
  const { workflowId, closureId, phase, receivedAt, dueBy, attention } = closure;
  return { workflowId, closureId, phase, receivedAt, dueBy, attention };
}

function toLine({ closureId, phase, receivedAt, dueBy, attention }: ListedClosure): string {
  const day = (instant: string): string => instant.slice(0, 10);
  const waiting = attention.length === 0 ? '' : `  attention: ${attention.join(', ')}`;
  const line = `${closureId}  ${phase.padEnd(20)}  received ${day(receivedAt)}  due ${day(dueBy)}${waiting}`;
  return `${printable(line)}\n`;
}
