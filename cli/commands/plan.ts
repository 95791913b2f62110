import type { Command } from 'commander';
import type { DryRun } from '../../workflows/contract/dry-run';
import { jsonOption } from '../arguments';
import { CheckFailedError } from '../cli-error';
import type { CliDependencies } from '../dependencies';
import { tellDryRun, toDryRunText } from '../dry-run-text';
import { toCount, toJsonLine } from '../output';

interface PlanFlags {
  readonly tenant: string;
  readonly object: string;
  readonly json?: boolean;
}

const EXAMPLES = `
A dry run by the code that closures plan with, on the worker, which has the secrets. Writes nothing anywhere, and promises
nothing: a closure plans for itself, and erases nothing before the person says yes. An account that cannot be closed here,
and a target that cannot be planned, end with exit code 3 (what could be planned is shown), no worker with 5.

Examples:
  $ closure plan --tenant 0d8a… --object 5f1c…
  $ closure plan --tenant 0d8a… --object 5f1c… --json
`;

/** `closure plan`: what a closure would do. */
export function definePlanCommand(program: Command, deps: CliDependencies): void {
  program
    .command('plan')
    .description('Show what a closure would erase, and what would stay; writes nothing')
    .requiredOption('--tenant <guid>', 'tenant id')
    .requiredOption('--object <guid>', 'object id of the account in that tenant')
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async ({ tenant, object, json = false }: PlanFlags) => {
      const found = await deps
        .client()
        .plan({ tenantId: tenant, objectId: object }, { signal: deps.signal, onProgress: tellDryRun(deps.err) });
      if (!json) deps.out(toDryRunText(found));
      assertPlanned(found);
      if (json) deps.out(toJsonLine(found));
    });
}

function assertPlanned(found: DryRun): void {
  switch (found.eligibility) {
    case 'rejected':
      throw new CheckFailedError('not-eligible', `The account cannot be closed here: ${found.reason}.`, found);
    case 'unknown':
      throw new CheckFailedError(
        'eligibility-unknown',
        'Whether the account may be closed here cannot be told now.',
        found,
      );
    case 'eligible': {
      const { unplanned } = found;
      if (unplanned.length === 0) return;
      const names = unplanned.map(({ target }) => target).join(', ');
      const message = `${toCount(unplanned.length, 'target')} cannot be planned: ${names}.`;
      throw new CheckFailedError('plan-incomplete', message, found);
    }
  }
}
