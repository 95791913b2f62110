import path from 'node:path';
import type { z } from 'zod';
import { Sensitive } from '../../ports/sensitive';
import { assertDatabaseUrl } from '../database/url';
import { errorAt, warningAt, type Finding, type Path } from './finding';
import type { Reference } from './leaves';
import type { TargetOutline } from './outline';
import { readBounded } from './read-bounded';

/** Where references lead. */
export interface SecretSource {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Relative paths of files begin here: the folder of the targets file. */
  readonly folder: string;
}

/** What the references of one target led to: whatever is wrong is a finding, and the value is absent. */
export interface TargetSecrets {
  readonly url: Sensitive<string> | undefined;
  readonly verifyUrl: Sensitive<string> | undefined;
  readonly secrets: readonly Sensitive<string>[];
  readonly findings: readonly Finding[];
}

type SecretReference = z.output<typeof Reference>;

/** What is wrong with a value, as the end of a sentence; never the value. */
type Rule = (value: string) => string | undefined;

interface Resolved {
  readonly value: Sensitive<string> | undefined;
  readonly findings: readonly Finding[];
}

const NOTHING: Resolved = { value: undefined, findings: [] };
const MOST_BYTES = 16 * 1024;
/** What Standard Webhooks allows. */
const SECRET_BYTES = { least: 24, most: 64 } as const;

/** The secrets that a target refers to, at this path of the file. */
export async function resolveSecrets(target: TargetOutline, at: Path, source: SecretSource): Promise<TargetSecrets> {
  const { url, verifyUrl, secret } = target;
  const find = async (reference: SecretReference | undefined, place: Path, rule: Rule): Promise<Resolved> =>
    reference === undefined ? NOTHING : resolve({ reference, place: [...at, ...place], rule }, source);
  const forErasure = await find(url, ['url'], problemOfUrl);
  const forVerifying = await find(verifyUrl, ['verifyUrl'], problemOfUrl);
  const references = Array.isArray(secret) ? secret : [secret];
  const signing = await Promise.all(
    references.map((one, index) => find(one, Array.isArray(secret) ? ['secret', index] : ['secret'], problemOfSecret)),
  );
  return {
    url: forErasure.value,
    verifyUrl: forVerifying.value,
    secrets: signing.flatMap(({ value }) => value ?? []),
    findings: [
      ...[forErasure, forVerifying, ...signing].flatMap(({ findings }) => findings),
      ...samePlace(forErasure, forVerifying, at),
    ],
  };
}

function samePlace(url: Resolved, verifyUrl: Resolved, at: Path): readonly Finding[] {
  if (url.value === undefined || url.value.reveal() !== verifyUrl.value?.reveal()) return [];
  return [warningAt([...at, 'verifyUrl'], 'leads where url leads: name a replica, or leave it out')];
}

interface Wanted {
  readonly reference: SecretReference;
  readonly place: Path;
  readonly rule: Rule;
}

async function resolve({ reference, place, rule }: Wanted, source: SecretSource): Promise<Resolved> {
  const { value, problem } = await look(reference, source);
  const found = problem ?? (value === undefined ? undefined : rule(value));
  if (found !== undefined) return { value: undefined, findings: [errorAt(place, found)] };
  return { value: value === undefined ? undefined : new Sensitive(value), findings: [] };
}

async function look(
  reference: SecretReference,
  { environment, folder }: SecretSource,
): Promise<{ readonly value?: string; readonly problem?: string }> {
  if ('env' in reference) {
    const value = environment[reference.env];
    return value === undefined || value === ''
      ? { problem: `names ${reference.env}, which is not set: set it` }
      : { value };
  }
  const read = await readBounded(path.resolve(folder, reference.file), MOST_BYTES);
  if (read.kind === 'unreadable') return { problem: `names a file that ${read.reason}` };
  const value = read.text.trim();
  return value === '' ? { problem: 'names a file that is empty' } : { value };
}

function problemOfUrl(value: string): string | undefined {
  try {
    assertDatabaseUrl(value);
    return undefined;
  } catch (error) {
    if (error instanceof RangeError) return `leads to a value that cannot be used. ${error.message.replace(/\.$/, '')}`;
    throw error;
  }
}

function problemOfSecret(value: string): string | undefined {
  const [, encoded = ''] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(value) ?? [];
  const { length } = Buffer.from(encoded, 'base64');
  if (length >= SECRET_BYTES.least && length <= SECRET_BYTES.most) return undefined;
  return 'leads to a value that cannot be used. A secret is whsec_ and the base64 of 24 to 64 random bytes';
}
