import { ApplicationFailure } from '@temporalio/activity';
import { MockActivityEnvironment } from '@temporalio/testing';
import type { Attempt } from '../../activities/attempt';
import { toFailure } from '../../activities/failures';
import { anAttempt } from './an-attempt';

/** A call of the directory that fails. */
export const AT = { farEnd: 'directory', operation: 'directory.block-sign-in' } as const;
/** A call of the audit log that fails. */
export const LOG = { farEnd: 'audit-log', operation: 'audit-log.append' } as const;
/** A time-out whose text quotes what nobody may repeat. */
export const timeout = new DOMException('aborted because of ada@analytical.example', 'TimeoutError');

/** What Temporal is told of a fault. @throws TypeError when it is told of a cancellation */
export async function failureOf(
  fault: unknown,
  attempt: Attempt = anAttempt(),
  number = 1,
): Promise<ApplicationFailure> {
  const environment = new MockActivityEnvironment({ attempt: number });
  const failure = await environment.run(() => Promise.resolve(toFailure(fault, attempt)));
  if (!(failure instanceof ApplicationFailure)) throw new TypeError('The failure is a cancellation.');
  return failure;
}
