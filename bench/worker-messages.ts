import { z } from 'zod';

/** What a worker process tells the process that started it. */
export const WorkerMessage = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ready') }),
  z.object({ kind: z.literal('usage'), cpuMs: z.number(), peakRssMb: z.number() }),
]);

/** One message of a worker process. */
export type WorkerMessage = z.infer<typeof WorkerMessage>;

/** What the process has used so far: processor time of all its threads, and the most memory it ever held. */
export type WorkerUsage = Omit<Extract<WorkerMessage, { kind: 'usage' }>, 'kind'>;
