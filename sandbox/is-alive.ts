import { hasCode } from './error-code';

/** Whether a process with this id runs on this machine, ours or somebody else's. */
export function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    // EPERM: alive, and somebody else's.
    return hasCode(error, 'EPERM');
  }
}
