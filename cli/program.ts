import { Command, CommanderError } from 'commander';
import { AccountClosureError } from '../client';
import { defineAuditCommand } from './commands/audit-show';
import { defineConfirmCommand } from './commands/confirm';
import { defineExportCommand } from './commands/export';
import { defineListCommand } from './commands/list';
import { defineRequestCommand } from './commands/request';
import { defineResolveCommand } from './commands/resolve';
import { defineSetupCommand } from './commands/setup';
import { defineStatusCommand } from './commands/status';
import { defineWaitCommand } from './commands/wait';
import { defineWithdrawCommand } from './commands/withdraw';
import type { CliDependencies } from './dependencies';
import { complaintAbout, EXIT, type Complaint } from './exit-codes';
import { printable, toJsonLine } from './output';

const INTERRUPTED = 130;

const AFTER_HELP = `
<id> is a Workflow id (closure-…) or a closure id. Temporal is found as its own tools find it: TEMPORAL_ADDRESS,
TEMPORAL_NAMESPACE, TEMPORAL_PROFILE, …

Exit codes: 0 done · 2 wrong usage · 3 refused, failed check or another outcome than waited for · 4 no such closure ·
5 unavailable or timed out (unknown, safe to repeat)

Examples:
  $ closure request --tenant 0d8a… --object 5f1c…
  $ closure status <id>
  $ closure <command> --help
`;

/**
 * Runs one invocation of `closure`.
 * @param argv the arguments after the program's name
 * @returns the exit code; never throws
 */
export async function runClosure(argv: readonly string[], deps: CliDependencies): Promise<number> {
  try {
    await createProgram(deps).parseAsync([...argv], { from: 'user' });
    return EXIT.done;
  } catch (error) {
    if (deps.signal.aborted) return INTERRUPTED;
    return complain(argv, deps, error);
  } finally {
    await deps.close();
  }
}

/** The command and all that hang on it. */
function createProgram(deps: CliDependencies): Command {
  const program = new Command('closure')
    .description('Closes accounts in unmanaged tenants: requests, watches and repairs closures.')
    // A token may begin with `-h`: only what stands before the command is the program's own.
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({ writeOut: deps.out, writeErr: deps.err })
    .addHelpText('after', AFTER_HELP);
  defineSetupCommand(program, deps);
  defineRequestCommand(program, deps);
  defineStatusCommand(program, deps);
  defineWaitCommand(program, deps);
  defineConfirmCommand(program, deps);
  defineWithdrawCommand(program, deps);
  defineResolveCommand(program, deps);
  defineListCommand(program, deps);
  defineExportCommand(program, deps);
  defineAuditCommand(program, deps);
  return program;
}

function complain(argv: readonly string[], deps: CliDependencies, error: unknown): number {
  if (error instanceof CommanderError && error.exitCode === EXIT.done) return EXIT.done;
  const { code, message, exitCode } = complaintOf(error);
  // A closure that ended otherwise is an answer as well: the status, and why the exit code is not 0.
  const status = error instanceof AccountClosureError && code === 'other-outcome' ? error.status : undefined;
  if (argv.includes('--json')) deps.out(toJsonLine({ ...status, error: { code, message } }));
  // Commander has written its own line already.
  if (!(error instanceof CommanderError)) deps.err(`closure: ${printableLines(message)} (${code})\n`);
  return exitCode;
}

function complaintOf(error: unknown): Complaint {
  if (!(error instanceof CommanderError)) return complaintAbout(error);
  return { code: 'wrong-usage', message: error.message.replace(/^error: /, ''), exitCode: EXIT.wrongUsage };
}

function printableLines(message: string): string {
  return message.split('\n').map(printable).join('\n');
}
