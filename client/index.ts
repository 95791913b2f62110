export { AccountClosureClient, type AccountClosureClientOptions, type ClosureIds } from './account-closure-client';
export { workflowIdOf, type AccountIds } from './account-ids';
export type { ActivityProgress } from './activity-progress';
export { createConfirmationToken } from './confirmation-token';
export { connectTemporal, type ConnectOptions } from './connection';
export { AccountClosureError, type ErrorCode, type ErrorDetails, type FaultCode, type LastKnown } from './errors';
export type { ListedClosure, ListFilter } from './list-closures';
export type {
  AwaitingConfirmation,
  Closed,
  ClosureFacts,
  Confirmed,
  CoolingOff,
  Ended,
  Erasing,
  ObservedClosure,
  Planned,
  Rejected,
  Running,
  RunState,
  Stopped,
} from './observed-closure';
export type { PlanOptions } from './plan-closure';
export type { ClosureRequest, RequestedClosure } from './request-closure';
export type { SearchAttributeRegistration } from './search-attributes';
export type { ConfirmRequest, ReportRequest } from './steer-closure';
export type { CallOptions } from './temporal-server';
export { arrivalOf, type Arrival, type WaitOptions, type WaitProgress } from './wait-for-closure';
export type { Guid } from '../workflows/contract/account';
export type { Confirmation } from '../workflows/contract/confirmation';
export {
  BLOCKER_KINDS,
  REJECTION_REASONS,
  type Blocker,
  type RejectionReason,
  type StopReason,
} from '../workflows/contract/eligibility';
export type { DryRun, Unplanned } from '../workflows/contract/dry-run';
export type { FailureType, FaultDetail } from '../workflows/contract/failures';
export type { Resolution } from '../workflows/contract/messages';
export type { Report } from '../workflows/contract/confirmation';
export { BASES, PROVIDER_BASES, type Basis, type ProviderBasis } from '../workflows/contract/bases';
export type { AnsweredAttention, Attention, OperatorAnswer } from '../workflows/contract/attention';
export type { ExportedFile, ExportManifest, ExportStatus } from '../workflows/contract/export';
export {
  isClosed,
  OUTCOMES,
  RUNNING_PHASES,
  type Outcome,
  type Phase,
  type RunningPhase,
} from '../workflows/contract/phases';
export type {
  ErasurePlan,
  KeptByProvider,
  PlannedItems,
  PlannedRetention,
  TargetPlan,
} from '../workflows/contract/plan';
export type { Refusal } from '../workflows/contract/refusals';
export type { ClosureStatus, StopReport, TargetState, TargetStatus } from '../workflows/contract/status';
export {
  VERIFICATION_GRADES,
  type RetainedItems,
  type SignIn,
  type VerificationGrade,
} from '../workflows/contract/target-outcomes';
export type { AttentionTarget, TargetKind, TargetName } from '../workflows/contract/targets';
