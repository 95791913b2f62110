import { startEntra, type EntraOptions } from './entra';

function numberOf(name: string, fallback: number): number {
  const text = process.env[name] ?? '';
  const value = text === '' ? fallback : Number(text);
  if (!Number.isInteger(value) || value < 0) {
    throw new RangeError(`${name} has to be a whole number that is not negative.`);
  }
  return value;
}

function optionsFromEnvironment(): EntraOptions {
  const token = process.env['ENTRA_TOKEN'] ?? '';
  return {
    host: process.env['ENTRA_HOST'] ?? '127.0.0.1',
    port: numberOf('ENTRA_PORT', 0),
    exportDurationMs: numberOf('ENTRA_EXPORT_DURATION_MS', 3_000),
    ...(token !== '' && { token }),
  };
}

async function main(): Promise<void> {
  const entra = await startEntra(optionsFromEnvironment());
  process.stdout.write(`The directory stand-in is ready at ${entra.url}\n`);
  const stop = (): void => {
    void entra.close();
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
});
