import { z } from 'zod';
import { FileSchema } from './schema';

/** The JSON Schema of the targets file, for editors: what it cannot say is left to the check. */
export function targetsJsonSchema(): Record<string, unknown> {
  return {
    title: 'Targets of account closure',
    ...z.toJSONSchema(FileSchema, { io: 'input', reused: 'inline', target: 'draft-7' }),
  };
}
