import type { Command } from 'commander';
import { jsonOption, neededToken } from '../arguments';
import type { CliDependencies } from '../dependencies';
import { printStatus } from '../print-status';

interface ConfirmFlags {
  readonly token?: string;
  readonly plan: string;
  readonly json?: boolean;
}

const EXAMPLES = `
The token itself is not sent: it signs the plan here. From the point of no return on the closure is irreversible.

Examples:
  $ closure confirm <id> --plan <planDigest> --token - < token.txt
  $ CLOSURE_TOKEN=… closure confirm <id> --plan <planDigest>
`;

/** `closure confirm`: the person's yes to the plan that was shown. */
export function defineConfirmCommand(program: Command, deps: CliDependencies): void {
  program
    .command('confirm')
    .description('Say yes to the plan: what it names will be erased')
    .argument('<id>', 'Workflow id or closure id')
    .option('--token <token>', 'confirmation token, or - for standard input (default: CLOSURE_TOKEN)')
    .requiredOption('--plan <planDigest>', 'planDigest of the status that was shown')
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async (id: string, { token: flag, plan, json = false }: ConfirmFlags) => {
      const token = await neededToken(deps, flag);
      const confirmed = await deps.client().confirm(id, { token, planDigest: plan }, { signal: deps.signal });
      await printStatus(deps, confirmed, json);
    });
}
