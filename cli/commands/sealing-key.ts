import type { Command } from 'commander';
import { jsonOption } from '../arguments';
import type { CliDependencies } from '../dependencies';
import { toAlignedLines, toJsonLine } from '../output';

const EXAMPLES = `
The private half goes to standard output, and nowhere else: it is stored nowhere, and not shown again. Whoever has it can open
every identifier that is kept sealed. The first of several keys seals, all of them open: docs/operations.md says how one is
replaced.

Examples:
  $ (umask 077 && closure sealing-key > sealing.key)     # readable by you alone
  $ CLOSURE_SEALING_KEY_FILE=sealing.key closure worker
`;

/** `closure sealing-key`: makes a key that the worker seals identifiers with. */
export function defineSealingKeyCommand(program: Command, deps: CliDependencies): void {
  program
    .command('sealing-key')
    .description('Make a key for CLOSURE_SEALING_KEY: identifiers that later steps need are kept sealed')
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async ({ json = false }: { readonly json?: boolean }) => {
      const { privateKey, publicKey } = await deps.createSealingKey();
      if (json) {
        deps.out(toJsonLine({ privateKey: privateKey.reveal(), publicKey }));
        return;
      }
      deps.out(`${privateKey.reveal()}\n`);
      deps.err(
        toAlignedLines([
          ['Public half', publicKey],
          ['', 'for whoever may seal but not open; the private half is what was printed, and is not shown again'],
        ]),
      );
    });
}
