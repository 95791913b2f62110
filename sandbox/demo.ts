import { parseArgs } from 'node:util';
import { checkFarEnds } from './demo-checks';
import { narrateClosure } from './demo-closure';
import { readHoldings } from './demo-systems';
import { writeEnvironmentFile } from './environment-file';
import { toStderr } from './progress';
import { startSampleStack, type SampleStack } from './sample-stack';
import { leaveOutside, startWorker, untilAskedToEnd } from './stack';

/** `npm run demo`: one closure from request to its end, told as it happens and checked against everything that it was to change. */
async function demo(): Promise<boolean> {
  const { values } = parseArgs({ options: { keep: { type: 'boolean', default: false } } });
  const asked = untilAskedToEnd();
  leaveOutside(process.env);
  const stack = await startSampleStack({
    onProgress: toStderr,
    // The story is about the sample systems, whatever file the caller works with.
    environment: { ...process.env, CLOSURE_TARGETS: undefined },
    defaults: { CLOSURE_VERIFY_AFTER: '3s' },
    usualPorts: values.keep,
  });
  try {
    return await withWorker(stack, async () => {
      const outcome = await Promise.race([tell(stack), asked]);
      if (outcome === undefined) return false;
      if (values.keep) await keepUntil(asked, { ...stack, link: outcome.link });
      return outcome.isProven;
    });
  } finally {
    await stack.close();
  }
}

async function withWorker<T>({ environment }: SampleStack, work: () => Promise<T>): Promise<T> {
  const worker = await startWorker(environment, { onProgress: toStderr });
  try {
    return await work();
  } finally {
    await worker.stop();
  }
}

async function tell(stack: SampleStack): Promise<{ readonly isProven: boolean; readonly link: string }> {
  const before = await readHoldings(stack.systems);
  const closure = await narrateClosure(stack, say);
  const isProven = await checkFarEnds(stack, { closure, before }, say);
  say(
    '',
    isProven
      ? 'The account is closed, what has to stay is said, and every check agrees.'
      : 'The demo failed: see the checks above.',
  );
  if (isProven) say('', ...NEXT);
  return { isProven, link: closure.link };
}

const NEXT = [
  'Next:',
  '  npm start                  everything stays up: close an account yourself, by the command line and the Web UI',
  '  npm run demo -- --keep     this demo again, and its closure can be looked at until Ctrl-C',
  '  sandbox/systems/           the systems that were erased: a targets file, and the tables that it describes',
  '  README.md, For a backend   the same from a program',
];

async function keepUntil(
  asked: Promise<void>,
  { environment, link }: Pick<SampleStack, 'environment'> & { readonly link: string },
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
