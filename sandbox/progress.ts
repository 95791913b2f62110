/** Takes a line for the person who waits. */
export type OnProgress = (line: string) => void;

/** Progress goes to stderr: stdout belongs to what a command answers. */
export const toStderr: OnProgress = (line) => {
  process.stderr.write(`${line}\n`);
};

const EVERY_MS = 5_000;

/** Does the work and says so at the start and every five seconds, with the seconds gone by. */
export async function withProgress<T>(label: string, onProgress: OnProgress, work: () => Promise<T>): Promise<T> {
  const startedAt = Date.now();
  onProgress(`${label} …`);
  const timer = setInterval(() => {
    onProgress(`${label} … ${Math.round((Date.now() - startedAt) / 1000)} s`);
  }, EVERY_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
