import type { Command } from 'commander';
import type { CliDependencies } from '../dependencies';
import { defineTargetsCheckCommand } from './targets-check';
import { defineTargetsProbeCommand } from './targets-probe';

/** `closure targets`: the systems that hold personal data, as a file describes them. */
export function defineTargetsCommand(program: Command, deps: CliDependencies): void {
  const targets = program
    .command('targets')
    .description('The systems that hold personal data, as a file describes them');
  defineTargetsCheckCommand(targets, deps);
  defineTargetsProbeCommand(targets, deps);
}
