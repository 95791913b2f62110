/** An event of a history, as far as its kind and price can be told from it. */
export interface RecordedEvent {
  readonly activityTaskStartedEventAttributes?: { readonly attempt?: number | null } | null;
  readonly markerRecordedEventAttributes?: {
    readonly markerName?: string | null;
    readonly workflowTaskCompletedEventId?: { readonly toString: () => string } | null;
  } | null;
}

/** Marker of a local Activity, as all SDKs on the Rust core write it. */
const LOCAL_ACTIVITY = 'core_local_activity';

/** Price of events, by the attributes that they carry. */
const PRICES: Readonly<Record<string, number>> = {
  workflowExecutionStartedEventAttributes: 1,
  workflowExecutionContinuedAsNewEventAttributes: 1,
  workflowExecutionSignaledEventAttributes: 1,
  workflowExecutionUpdateAcceptedEventAttributes: 1,
  signalExternalWorkflowExecutionInitiatedEventAttributes: 1,
  startChildWorkflowExecutionInitiatedEventAttributes: 2,
  activityTaskScheduledEventAttributes: 1,
  timerStartedEventAttributes: 1,
  upsertWorkflowSearchAttributesEventAttributes: 1,
};

/**
 * The billable actions of a history, by the rules of Temporal Cloud
 * (https://docs.temporal.io/cloud/actions): a retry is one more, the local Activities of one Workflow Task are one together,
 * a child Workflow is two. What leaves no event (Queries, heartbeats, refused Updates) is not in it.
 */
export function actionsOf(history: readonly RecordedEvent[]): number {
  const tasksWithLocalActivities = new Set(history.map(taskOfLocalActivity).filter((task) => task !== undefined));
  return sum(history.map(priceOf)) + sum(history.map(retriesOf)) + tasksWithLocalActivities.size;
}

function priceOf(event: RecordedEvent): number {
  const carried = Object.entries(event).filter(([, value]) => value !== null && value !== undefined);
  return sum(carried.map(([name]) => PRICES[name] ?? 0));
}

/** History shows the number of the last attempt only, when it has ended. */
function retriesOf({ activityTaskStartedEventAttributes: started }: RecordedEvent): number {
  return Math.max((started?.attempt ?? 1) - 1, 0);
}

function taskOfLocalActivity({ markerRecordedEventAttributes: marker }: RecordedEvent): string | undefined {
  return marker?.markerName === LOCAL_ACTIVITY ? String(marker.workflowTaskCompletedEventId ?? '') : undefined;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
