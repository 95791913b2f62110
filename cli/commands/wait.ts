import { Option, type Command } from 'commander';
import { OUTCOMES, RUNNING_PHASES, type Phase } from '../../workflows/contract/phases';
import { jsonOption, parseDuration, parsePhase } from '../arguments';
import type { CliDependencies } from '../dependencies';
import { printStatus } from '../print-status';
import { tellProgress } from '../wait-progress';

interface WaitFlags {
  readonly phase?: Phase;
  readonly timeout: number;
  readonly orAttention?: boolean;
  readonly json?: boolean;
}

const FIVE_MINUTES_MS = 300_000;

const EXAMPLES = `
Phases, in order: ${RUNNING_PHASES.join(', ')}.
Outcomes: ${OUTCOMES.join(', ')}.

Without --phase it waits for the end, whatever it is. With --phase another end than the one waited for is exit code 3. With
--or-attention it ends as soon as a step waits for an operator: exit code 3, code needs-operator. What it sees meanwhile is
told on standard error.

Examples:
  $ closure wait <id> --phase awaitingConfirmation --or-attention
  $ closure wait <id> --phase closed --timeout 1h --json
`;

/** `closure wait`: until a phase is reached or passed, or the closure has ended. */
export function defineWaitCommand(program: Command, deps: CliDependencies): void {
  program
    .command('wait')
    .description('Wait until a phase is reached or passed, or the closure has ended')
    .argument('<id>', 'Workflow id or closure id')
    .option('--phase <phase>', 'the phase or outcome to wait for', parsePhase)
    .addOption(
      new Option('--timeout <duration>', 'give up after this long (exit code 5)')
        .argParser(parseDuration)
        .default(FIVE_MINUTES_MS, '5m'),
    )
    .option('--or-attention', 'end when a step waits for an operator, too')
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async (id: string, { phase, timeout, orAttention = false, json = false }: WaitFlags) => {
      const status = await deps.client().wait(id, {
        timeoutMs: timeout,
        signal: deps.signal,
        orAttention,
        onProgress: tellProgress(deps.err, Date.now),
        ...(phase === undefined ? {} : { phase }),
      });
      await printStatus(deps, status, json);
    });
}
