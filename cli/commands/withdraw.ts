import type { Command } from 'commander';
import { jsonOption } from '../arguments';
import type { CliDependencies } from '../dependencies';
import { printStatus } from '../print-status';

const EXAMPLES = `
Possible until the erasure begins; nothing is erased then, and the export is removed.

Examples:
  $ closure withdraw <id>
`;

/** `closure withdraw`: takes the request back. */
export function defineWithdrawCommand(program: Command, deps: CliDependencies): void {
  program
    .command('withdraw')
    .description('Take the request back')
    .argument('<id>', 'Workflow id or closure id')
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async (id: string, { json = false }: { readonly json?: boolean }) => {
      await printStatus(deps, await deps.client().withdraw(id, { signal: deps.signal }), json);
    });
}
