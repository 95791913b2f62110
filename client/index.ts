export { AccountClosureClient, type AccountClosureClientOptions, type ClosureIds } from './account-closure-client';
export type { ActivityProgress } from './activity-progress';
export { createConfirmationToken } from './confirmation-token';
export { connectTemporal, type ConnectOptions } from './connection';
export { AccountClosureError, type ErrorCode, type FaultCode, type LastKnown } from './errors';
export type { ListedClosure, ListFilter } from './list-closures';
export type { ObservedClosure } from './read-status';
export type { ClosureRequest, RequestedClosure } from './request-closure';
export type { SearchAttributeRegistration } from './search-attributes';
export type { ConfirmRequest } from './steer-closure';
export { arrivalOf, type Arrival, type WaitOptions } from './wait-for-closure';
export { closureDataConverter } from '../codec/data-converter';
export type { Resolution } from '../workflows/contract/messages';
export {
  OUTCOMES,
  RUNNING_PHASES,
  type Attention,
  type ClosureStatus,
  type Outcome,
  type Phase,
  type RunningPhase,
} from '../workflows/contract/status';
