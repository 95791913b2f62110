import type { Command } from 'commander';
import { workflowIdOf } from '../../client/account-ids';
import { jsonOption } from '../arguments';
import { CliError } from '../cli-error';
import type { CliDependencies } from '../dependencies';
import { printStatus } from '../print-status';

interface StatusFlags {
  readonly tenant?: string;
  readonly object?: string;
  readonly json?: boolean;
}

const EXAMPLES = `
By account it is the latest closure of that account. Without a worker it is what the server knows, with exit code 5.

Examples:
  $ closure status <id>
  $ closure status --tenant 0d8a… --object 5f1c…
`;

/** `closure status`: where a closure stands. */
export function defineStatusCommand(program: Command, deps: CliDependencies): void {
  program
    .command('status')
    .description('Where a closure stands, what it waits for, and which attempts are in progress')
    .argument('[id]', 'Workflow id or closure id')
    .option('--tenant <guid>', 'instead of an id: tenant id of the account')
    .option('--object <guid>', 'instead of an id: object id of the account in that tenant')
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async (id: string | undefined, { json = false, ...flags }: StatusFlags) => {
      await printStatus(deps, await deps.client().status(idOf(id, flags), { signal: deps.signal }), json);
    });
}

function idOf(id: string | undefined, { tenant, object }: StatusFlags): string {
  const isByAccount = tenant !== undefined && object !== undefined;
  if (id !== undefined && tenant === undefined && object === undefined) return id;
  if (id === undefined && isByAccount) return workflowIdOf({ tenantId: tenant, objectId: object });
  throw new CliError('wrong-usage', 'Name the closure by its <id>, or by --tenant and --object.');
}
