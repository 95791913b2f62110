import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { packageRoot } from '../../sandbox/machine';

/** Where the recorded histories are kept. */
export const HISTORIES = path.join(packageRoot(), 'test', 'histories');

/** A recorded history: the story that it tells, and its JSON as Temporal's own tools write it. */
export interface RecordedHistory {
  readonly name: string;
  readonly json: string;
}

/** All recorded histories, by name. */
export function recordedHistories(): readonly RecordedHistory[] {
  return readdirSync(HISTORIES)
    .filter((file) => file.endsWith('.json'))
    .map((file) => ({ name: path.basename(file, '.json'), json: readFileSync(path.join(HISTORIES, file), 'utf8') }));
}
