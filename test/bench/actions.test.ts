import { describe, expect, it } from '@jest/globals';
import { actionsOf } from '../../bench/actions';

const marker = (task: number, markerName = 'core_local_activity'): object => ({
  markerRecordedEventAttributes: { markerName, workflowTaskCompletedEventId: task },
});

describe('actionsOf', () => {
  it.each([
    ['workflowExecutionStartedEventAttributes', 1],
    ['workflowExecutionContinuedAsNewEventAttributes', 1],
    ['workflowExecutionSignaledEventAttributes', 1],
    ['workflowExecutionUpdateAcceptedEventAttributes', 1],
    ['signalExternalWorkflowExecutionInitiatedEventAttributes', 1],
    ['startChildWorkflowExecutionInitiatedEventAttributes', 2],
    ['activityTaskScheduledEventAttributes', 1],
    ['timerStartedEventAttributes', 1],
    ['upsertWorkflowSearchAttributesEventAttributes', 1],
  ])('%s costs %i', (attributes, price) => {
    expect(actionsOf([{ [attributes]: {} }])).toBe(price);
  });

  it.each([
    'workflowTaskScheduledEventAttributes',
    'workflowTaskStartedEventAttributes',
    'workflowTaskCompletedEventAttributes',
    'activityTaskCompletedEventAttributes',
    'timerFiredEventAttributes',
    'timerCanceledEventAttributes',
    'workflowExecutionUpdateCompletedEventAttributes',
    'workflowExecutionCompletedEventAttributes',
  ])('%s is free', (attributes) => {
    expect(actionsOf([{ [attributes]: {} }])).toBe(0);
  });

  it('an Activity costs one for each attempt', () => {
    const history = [
      { activityTaskScheduledEventAttributes: {} },
      { activityTaskStartedEventAttributes: { attempt: 3 } },
      { activityTaskCompletedEventAttributes: {} },
    ];

    expect(actionsOf(history)).toBe(3);
  });

  it('the local Activities of one Workflow Task cost one together', () => {
    expect(actionsOf([marker(4), marker(4), marker(10)])).toBe(2);
  });

  it('a marker of another kind is free', () => {
    expect(actionsOf([marker(4, 'core_patch')])).toBe(0);
  });

  it('attributes that are there but empty do not make an event of that kind', () => {
    const event = { activityTaskStartedEventAttributes: null, workflowExecutionStartedEventAttributes: {} };

    expect(actionsOf([event])).toBe(1);
  });
});
