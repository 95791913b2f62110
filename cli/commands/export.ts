import path from 'node:path';
import type { Command } from 'commander';
import { jsonOption, parseDuration } from '../arguments';
import { CliError } from '../cli-error';
import type { CliDependencies } from '../dependencies';
import { downloadFiles, type DownloadedFile } from '../download';
import { nameFiles, openExport } from '../export-files';
import { printable, toCount, toJsonLine, toReadableSize } from '../output';

interface ExportFlags {
  readonly out?: string;
  readonly links?: boolean;
  readonly expires?: number;
  readonly json?: boolean;
}

const HOUR_MS = 3_600_000;
const FIFTEEN_MINUTES_MS = 900_000;

const EXAMPLES = `
Needs AZURE_STORAGE_CONNECTION_STRING. Files that are there already are never overwritten. A link is good for reading
one file, for at most an hour: whoever has it can read the file.

Examples:
  $ closure export <id> --out ./export
  $ closure export <id> --links --expires 30m
`;

/** `closure export`: downloads and checks the person's export, or makes short links to it. */
export function defineExportCommand(program: Command, deps: CliDependencies): void {
  program
    .command('export')
    .description("Download the person's export and check every file, or print short links to it")
    .argument('<id>', 'Workflow id or closure id')
    .option('--out <directory>', 'where to; is made when it is not there')
    .option('--links', 'print links instead of downloading')
    .option('--expires <duration>', 'how long the links are good, at most 1h (default: 15m)', parseDuration)
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async (id: string, flags: ExportFlags) => {
      const { out, expires = FIFTEEN_MINUTES_MS, json = false } = flags;
      assertOneWay(flags);
      if (out === undefined) await printLinks(deps, id, { expiresInMs: expires, json });
      else await download(deps, id, { directory: path.resolve(out), json });
    });
}

function assertOneWay({ out, links = false, expires }: ExportFlags): void {
  const isDownload = out !== undefined && !links && expires === undefined;
  const isLinks = out === undefined && links;
  if (!isDownload && !isLinks) throw new CliError('wrong-usage', 'Choose --out DIR, or --links [--expires 15m].');
}

async function download(
  deps: CliDependencies,
  id: string,
  { directory, json }: { readonly directory: string; readonly json: boolean },
): Promise<void> {
  const { storage, manifest } = await openExport(deps, id);
  const files = await nameFiles(storage, manifest, deps.signal);
  const totalBytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const onProgress = (receivedBytes: number): void => {
    if (!deps.isInteractive) return;
    deps.err(`\r${toReadableSize(receivedBytes)} of ${toReadableSize(totalBytes)} `);
    if (receivedBytes === totalBytes) deps.err('\n');
  };
  const { container } = manifest;
  const saved = await downloadFiles({ storage, container, directory, signal: deps.signal, onProgress }, files);
  if (json) deps.out(toJsonLine({ files: saved, totalBytes, directory }));
  else deps.out(toText(saved, totalBytes, directory));
}

async function printLinks(
  deps: CliDependencies,
  id: string,
  { expiresInMs, json }: { readonly expiresInMs: number; readonly json: boolean },
): Promise<void> {
  if (expiresInMs > HOUR_MS) throw new CliError('wrong-usage', 'A link is good for an hour at most.');
  const { storage, manifest } = await openExport(deps, id);
  const expiresAt = new Date(Date.now() + expiresInMs);
  const files = await nameFiles(storage, manifest, deps.signal);
  const links = await Promise.all(
    files.map(async ({ name }) => {
      const url = await storage.linkToFile(manifest.container, name, expiresAt);
      return { name, url: url.reveal(), expiresAt: expiresAt.toISOString() };
    }),
  );
  if (json) deps.out(toJsonLine({ links }));
  else
    deps.out(
      links
        .map(({ name, url }) => `${printable(name)}, until ${expiresAt.toISOString()}\n  ${printable(url)}\n`)
        .join(''),
    );
}

function toText(files: readonly DownloadedFile[], totalBytes: number, directory: string): string {
  const lines = files.map(({ path: name, sizeBytes }) => `${printable(name)}  ${toReadableSize(sizeBytes)}\n`);
  const sum = `${toCount(files.length, 'file')}, ${toReadableSize(totalBytes)}, every hash as recorded`;
  return `${lines.join('')}${sum}: ${printable(directory)}\n`;
}
