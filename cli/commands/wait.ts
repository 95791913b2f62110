import type { Command } from 'commander';
import type { Phase } from '../../workflows/contract/status';
import { jsonOption, parseDuration, parsePhase } from '../arguments';
import type { CliDependencies } from '../dependencies';
import { printStatus } from '../print-status';

interface WaitFlags {
  readonly phase?: Phase;
  readonly timeout: number;
  readonly json?: boolean;
}

const FIVE_MINUTES_MS = 300_000;

const EXAMPLES = `
Without --phase it waits for the end, whatever it is. With --phase another end than the one waited for is exit code 3.

Examples:
  $ closure wait <id> --phase awaitingConfirmation
  $ closure wait <id> --phase closed --timeout 1h --json
`;

/** `closure wait`: until a phase is reached or passed, or the closure has ended. */
export function defineWaitCommand(program: Command, deps: CliDependencies): void {
  program
    .command('wait')
    .description('Wait until a phase is reached or passed, or the closure has ended')
    .argument('<id>', 'Workflow id or closure id')
    .option('--phase <phase>', 'the phase or outcome to wait for', parsePhase)
    .option('--timeout <duration>', 'give up after this long (exit code 5)', parseDuration, FIVE_MINUTES_MS)
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async (id: string, { phase, timeout, json = false }: WaitFlags) => {
      const status = await deps.client().wait(id, {
        timeoutMs: timeout,
        signal: deps.signal,
        ...(phase === undefined ? {} : { phase }),
      });
      await printStatus(deps, status, json);
    });
}
