import type { Command } from 'commander';
import type { CliDependencies } from '../dependencies';

const NOTES = `
Configured by the environment alone: see docs/operations.md. Ends on SIGTERM and SIGINT, when running attempts are done.
Exit codes: 0 ended · 1 failed · 2 a setting is missing or wrong
`;

/** `closure worker`: runs the worker until it is told to stop. */
export function defineWorkerCommand(program: Command, { env }: CliDependencies): void {
  program
    .command('worker')
    .description('Run the worker')
    .addHelpText('after', NOTES)
    .action(async () => {
      // Loaded here: the other commands need none of it.
      const { runWorker } = await import('../../worker/process.js');
      await runWorker(env);
    });
}
