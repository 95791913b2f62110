import type { Command } from 'commander';
import { jsonOption } from '../arguments';
import type { CliDependencies } from '../dependencies';
import { printStatus } from '../print-status';

const EXAMPLES = `
Examples:
  $ closure status <id>
  $ closure status <id> --json
`;

/** `closure status`: where a closure stands. */
export function defineStatusCommand(program: Command, deps: CliDependencies): void {
  program
    .command('status')
    .description('Where a closure stands, what it waits for, and which attempts are in progress')
    .argument('<id>', 'Workflow id or closure id')
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async (id: string, { json = false }: { readonly json?: boolean }) => {
      await printStatus(deps, await deps.client().status(id), json);
    });
}
