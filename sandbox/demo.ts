import { parseArgs } from 'node:util';
import { checkFarEnds } from './demo-checks';
import { narrateClosure } from './demo-closure';
import { writeEnvironmentFile } from './environment-file';
import { toStderr } from './progress';
import { leaveOutside, startStack, untilAskedToEnd, type Stack } from './stack';

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
    const told = tell(stack);
    const outcome = await Promise.race([told, asked]);
    if (outcome === undefined) return false;
    if (values.keep) await keepUntil(asked, { ...stack, link: outcome.link });
    return outcome.isProven;
  } finally {
    await stack.close();
  }
}

async function tell(stack: Stack): Promise<{ readonly isProven: boolean; readonly link: string }> {
  const closure = await narrateClosure(stack, say);
  const isProven = await checkFarEnds(stack, closure, say);
  say('', isProven ? 'The account is closed, and every check agrees.' : 'The demo failed: see the checks above.');
  if (isProven) say('', ...NEXT);
  return { isProven, link: closure.link };
}

const NEXT = [
  'Next:',
  '  npm start                  everything stays up: close an account yourself, by the command line and the Web UI',
  '  npm run demo -- --keep     this demo again, and its closure can be looked at until Ctrl-C',
  '  README.md, For a backend   the same from a program',
];

async function keepUntil(
  asked: Promise<void>,
  { environment, link }: Pick<Stack, 'environment'> & { readonly link: string },
): Promise<void> {
  const environmentFile = await writeEnvironmentFile(environment);
  try {
    say('', `Web UI     ${link}`, `For the command line: set -a; . ${environmentFile.path}; set +a`);
    say('Ctrl-C ends everything.');
    await asked;
  } finally {
    await environmentFile.remove();
  }
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
