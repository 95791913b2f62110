import { chmod, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** Makes an executable file, with its folders; it does nothing unless it is given a shell script. Answers its path. */
export async function program(file: string, script = ''): Promise<string> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, `#!/bin/sh\n${script}\n`);
  await chmod(file, 0o755);
  return file;
}
