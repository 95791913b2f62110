import { Command, CommanderError } from 'commander';
import { AccountClosureError } from '../client';
import { defineAuditCommand } from './commands/audit-show';
import { defineConfirmCommand } from './commands/confirm';
import { defineExportCommand } from './commands/export';
import { defineListCommand } from './commands/list';
import { definePlanCommand } from './commands/plan';
import { defineReportCommand } from './commands/report';
import { defineRequestCommand } from './commands/request';
import { defineResolveCommand } from './commands/resolve';
import { defineSealingKeyCommand } from './commands/sealing-key';
import { defineSetupCommand } from './commands/setup';
import { defineStatusCommand } from './commands/status';
import { defineTargetsCommand } from './commands/targets';
import { defineWaitCommand } from './commands/wait';
import { defineWithdrawCommand } from './commands/withdraw';
import { defineWorkerCommand } from './commands/worker';
import { CheckFailedError } from './cli-error';
import type { CliDependencies } from './dependencies';
import { complaintAbout, EXIT, type Complaint } from './exit-codes';
import { printable, toJsonLine } from './output';
import { printStatusText } from './print-status';
import { toLastKnownText } from './status-text';
import { packageVersion } from './version';

const INTERRUPTED = 130;

const AFTER_HELP = `
<id> is a Workflow id (closure-…) or a closure id. Temporal is found as its own tools find it: TEMPORAL_ADDRESS,
TEMPORAL_NAMESPACE, TEMPORAL_PROFILE, …

Exit codes: 0 done · 2 wrong usage · 3 refused, failed check or another outcome than waited for · 4 no such closure or target ·
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
    .version(packageVersion(), '--version', 'print the version')
    .exitOverride()
    .configureOutput({ writeOut: deps.out, writeErr: deps.err })
    .addHelpText('after', AFTER_HELP);
  defineSetupCommand(program, deps);
  defineSealingKeyCommand(program, deps);
  definePlanCommand(program, deps);
  defineRequestCommand(program, deps);
  defineStatusCommand(program, deps);
  defineWaitCommand(program, deps);
  defineConfirmCommand(program, deps);
  defineWithdrawCommand(program, deps);
  defineReportCommand(program, deps);
  defineResolveCommand(program, deps);
  defineListCommand(program, deps);
  defineExportCommand(program, deps);
  defineAuditCommand(program, deps);
  defineTargetsCommand(program, deps);
  defineWorkerCommand(program, deps);
  return program;
}

function complain(argv: readonly string[], deps: CliDependencies, error: unknown): number {
  if (error instanceof CommanderError && error.exitCode === EXIT.done) return EXIT.done;
  const { code, message, exitCode } = complaintOf(error);
  // What is known is an answer as well, beside why the exit code is not 0.
  const known: Known = error instanceof AccountClosureError ? error : {};
  const { status, lastKnown } = known;
  const answer = error instanceof CheckFailedError ? error.answer : {};
  if (argv.includes('--json')) deps.out(toJsonLine({ ...answer, ...status, lastKnown, error: { code, message } }));
  else tellKnown(deps, known);
  // Commander has written its own line already.
  if (!(error instanceof CommanderError)) deps.err(`closure: ${printableLines(message)} (${code})\n`);
  return exitCode;
}

type Known = Partial<Pick<AccountClosureError, 'status' | 'lastKnown'>>;

function tellKnown(deps: CliDependencies, { status, lastKnown }: Known): void {
  if (status !== undefined) printStatusText(deps, status);
  if (lastKnown !== undefined) deps.out(toLastKnownText(lastKnown));
}

function complaintOf(error: unknown): Complaint {
  if (!(error instanceof CommanderError)) return complaintAbout(error);
  return { code: 'wrong-usage', message: error.message.replace(/^error: /, ''), exitCode: EXIT.wrongUsage };
}

function printableLines(message: string): string {
  return message.split('\n').map(printable).join('\n');
}
