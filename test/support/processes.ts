/** Processes that have ended, for what they leave behind. */
import { spawnSync } from 'node:child_process';

/** The number of a process that ran and is gone. */
export function deadProcess(): number {
  return spawnSync(process.execPath, ['-e', '']).pid;
}
