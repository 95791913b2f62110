import { parseArgs } from 'node:util';
import { checkFarEnds } from './demo-checks';
import { narrateClosure } from './demo-closure';
import { toStderr } from './progress';
import { leaveOutside, startStack, untilAskedToEnd, writeEnvironmentFile, type Stack } from './stack';

/** `npm run demo`: one closure from request to `closed`, told as it happens and checked against the far ends. */
async function demo(): Promise<boolean> {
  const { values } = parseArgs({ options: { keep: { type: 'boolean', default: false } } });
  const asked = untilAskedToEnd();
  leaveOutside(process.env);
  const stack = await startStack({
    onProgress: toStderr,
    environment: process.env,
    defaults: { CLOSURE_VERIFY_AFTER: '5s' },
    usualPorts: values.keep,
  });
  try {
    const told = tell(stack, values.keep, asked);
    return (await Promise.race([told, asked])) ?? false;
  } finally {
    await stack.close();
  }
}

async function tell(stack: Stack, keep: boolean, asked: Promise<void>): Promise<boolean> {
  const closure = await narrateClosure(stack, say);
  const isProven = await checkFarEnds(stack, closure, say);
  say('', isProven ? 'The account is closed, and every check agrees.' : 'The demo failed: see the checks above.');
  if (keep) {
    await writeEnvironmentFile(stack.environment);
    say(
      '',
      `Web UI: ${stack.temporal.uiUrl}`,
      'For the command line: set -a; . ./.closure/env; set +a',
      'Ctrl-C ends everything.',
    );
    await asked;
  }
  return isProven;
}

function say(...lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}

demo().then(
  (isProven) => {
    process.exitCode = isProven ? 0 : 1;
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  },
);
