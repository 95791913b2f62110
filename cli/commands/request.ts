import type { Command } from 'commander';
import { createConfirmationToken } from '../../client/confirmation-token';
import type { RequestedClosure } from '../../client/request-closure';
import { hasCode } from '../../client/errors';
import { jsonOption, tokenFrom } from '../arguments';
import type { CliDependencies } from '../dependencies';
import { toAlignedLines, toJsonLine } from '../output';
import { webUiLink } from '../web-ui';

interface RequestFlags {
  readonly tenant: string;
  readonly object: string;
  readonly token?: string;
  readonly json?: boolean;
}

const EXAMPLES = `
The token is the only thing that can confirm the closure, and is stored nowhere. Programs make and store it first
(--token, or CLOSURE_TOKEN); without one it is made here and printed once. The same token again is the same request.

Examples:
  $ closure request --tenant 0d8a… --object 5f1c…
  $ closure request --tenant 0d8a… --object 5f1c… --token - --json < token.txt
`;

/** `closure request`: asks for the closure of an account. */
export function defineRequestCommand(program: Command, deps: CliDependencies): void {
  program
    .command('request')
    .description("Request the closure of an account; nothing is erased before the person's confirmation")
    .requiredOption('--tenant <guid>', 'tenant id')
    .requiredOption('--object <guid>', 'object id of the account in that tenant')
    .option('--token <token>', 'confirmation token, or - for standard input (default: CLOSURE_TOKEN, else a new one)')
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async ({ tenant, object, token: flag, json = false }: RequestFlags) => {
      const given = await tokenFrom(deps, flag);
      const token = given ?? createConfirmationToken();
      const answer = await request(deps, { tenantId: tenant, objectId: object, token }, given === undefined);
      deps.out(json ? toJsonLine(toJson(answer)) : toText(deps, answer, given === undefined));
    });
}

async function request(
  deps: CliDependencies,
  input: { readonly tenantId: string; readonly objectId: string; readonly token: string },
  isNewToken: boolean,
): Promise<RequestedClosure> {
  try {
    return await deps.client().request(input, { signal: deps.signal });
  } catch (error) {
    // The request may have arrived: without this token nobody could ever confirm it.
    if (isNewToken && hasCode(error, 'timed-out', 'unavailable')) deps.err(`Repeat it with --token ${input.token}\n`);
    throw error;
  }
}

function toJson(answer: RequestedClosure): object {
  const { workflowId, closureId, started } = answer;
  return answer.started ? { workflowId, closureId, token: answer.token, started } : { workflowId, closureId, started };
}

function toText(deps: CliDependencies, answer: RequestedClosure, isNewToken: boolean): string {
  const { closureId, workflowId, started } = answer;
  return toAlignedLines([
    ['Closure', closureId],
    ['Workflow', workflowId],
    ['Token', answer.started && isNewToken ? answer.token : undefined],
    ['', started && isNewToken ? 'keep it: only it can confirm the closure, and it is not shown again' : undefined],
    ['Note', started ? undefined : 'another request for this account is open; no new one was made'],
    ['Next', `closure status ${closureId}`],
    ['Web UI', webUiLink(deps.env['TEMPORAL_UI_URL'], deps.temporal(), answer)],
  ]);
}
