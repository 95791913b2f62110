import { randomBytes, randomUUID } from 'node:crypto';
import type { Guid } from '../workflows/contract/account';
import { closureIdOf, closureWorkflowId, forgetWorkflowId, toGuid } from '../workflows/contract/ids';
import { publicKeyOf } from '../workflows/contract/confirmation';
import type { AccountClosureRequest } from '../workflows/contract/messages';

/** Somebody whose account is to be closed, with the token that only they have. */
export interface Person {
  readonly seed: Uint8Array;
  readonly request: AccountClosureRequest;
  readonly closureId: Guid;
  readonly workflowId: string;
  /** Of the Workflow that clears up afterwards. */
  readonly followUpId: string;
}

/** That many people, each somebody else. Made before the clock starts: keys cost processor time. */
export function createPeople(count: number): readonly Person[] {
  return Array.from({ length: count }, createPerson);
}

function createPerson(): Person {
  const seed = randomBytes(32);
  const publicKey = publicKeyOf(seed);
  const account = { tenantId: randomGuid(), objectId: randomGuid() };
  const workflowId = closureWorkflowId(account);
  const closureId = closureIdOf(publicKey, workflowId);
  return { seed, request: { account, publicKey }, closureId, workflowId, followUpId: forgetWorkflowId(closureId) };
}

function randomGuid(): Guid {
  const guid = toGuid(randomUUID());
  if (guid === undefined) throw new TypeError('a random UUID is a GUID');
  return guid;
}
