import { readFileSync } from 'node:fs';
import { z } from 'zod';

const manifest = z.object({ version: z.string() });

/** The version of the package that this command belongs to. */
export function packageVersion(): string {
  // By its own name: built files lie deeper than their sources.
  const file = require.resolve('account-closure/package.json');
  return manifest.parse(JSON.parse(readFileSync(file, 'utf8'))).version;
}
