import { Option, type Command } from 'commander';
import type { Report } from '../../workflows/contract/confirmation';
import { jsonOption, neededToken } from '../arguments';
import type { CliDependencies } from '../dependencies';
import { printStatus } from '../print-status';

interface ReportFlags {
  readonly token?: string;
  readonly step: Report['step'];
  readonly json?: boolean;
}

const EXAMPLES = `
export-declined: goes on without the export. What to save is the person's to decide, and a failed export is no dead end. The
token itself is not sent: it signs the report here.

Examples:
  $ closure report <id> --step export-declined --token - < token.txt
`;

/** `closure report`: what the person has decided about a part that is theirs. */
export function defineReportCommand(program: Command, deps: CliDependencies): void {
  program
    .command('report')
    .description('Report what the person has decided about a part that is theirs')
    .argument('<id>', 'Workflow id or closure id')
    .addOption(new Option('--step <step>', 'what is reported').choices(['export-declined']).makeOptionMandatory())
    .option('--token <token>', 'confirmation token, or - for standard input (default: CLOSURE_TOKEN)')
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async (id: string, { token: flag, step, json = false }: ReportFlags) => {
      const token = await neededToken(deps, flag);
      await printStatus(deps, await deps.client().report(id, { token, step }, { signal: deps.signal }), json);
    });
}
