import { Client, Connection } from '@temporalio/client';
import { temporal } from '@temporalio/proto';

type DescribedExecution = temporal.api.workflowservice.v1.IDescribeWorkflowExecutionResponse;

/** What Temporal says of the run that a Workflow id leads to. */
export interface Described {
  readonly status?: string;
  /** The closure id in its memo. */
  readonly memo?: string;
  /** Its memo is in an encoding that nobody knows. */
  readonly isMemoUnreadable?: boolean;
  /** The closure id as a search attribute. */
  readonly attribute?: string;
}

/** A client of a server that knows this of every Workflow; nothing when it is `undefined`, and does not answer with an error. */
export function clientThatSees(seen: () => Described | Error | undefined): Client {
  const client = new Client({ connection: Connection.lazy() });
  Object.assign(client.workflowService, {
    describeWorkflowExecution: () => {
      const described = seen();
      if (described instanceof Error) return Promise.reject(described);
      return described === undefined
        ? Promise.reject(Object.assign(new Error('5 NOT_FOUND'), { code: 5 }))
        : Promise.resolve(executionOf(described));
    },
  });
  return client;
}

function executionOf({ status = 'RUNNING', memo, isMemoUnreadable = false, attribute }: Described): DescribedExecution {
  return temporal.api.workflowservice.v1.DescribeWorkflowExecutionResponse.fromObject({
    workflowExecutionInfo: {
      execution: { workflowId: 'closure-1', runId: 'run-1' },
      type: { name: 'accountClosure' },
      status: `WORKFLOW_EXECUTION_STATUS_${status}`,
      startTime: { seconds: 1 },
      historyLength: 1,
      memo:
        memo === undefined
          ? {}
          : { fields: { closureId: field(memo, isMemoUnreadable ? { encoding: 'foreign' } : {}) } },
      searchAttributes:
        attribute === undefined ? {} : { indexedFields: { ClosureId: field(attribute, { type: 'Keyword' }) } },
    },
  });
}

function field(value: string, metadata: Readonly<Record<string, string>> = {}): object {
  const texts = Object.entries({ encoding: 'json/plain', ...metadata });
  return {
    data: Buffer.from(JSON.stringify(value)),
    metadata: Object.fromEntries(texts.map(([name, text]) => [name, Buffer.from(text)])),
  };
}
