// Reads how many files this process may have open, and computes how many hosts can be worked on at once.
import { readFileSync } from 'node:fs'

/** Node loads many modules at once; with fewer it fails in odd ways. */
const LEAST = 96
/** For what is open beside one socket for each host. */
const BESIDE_HOSTS = 96

/**
 * proc_pid_limits(5); Node raises the soft limit to the hard one. `undefined` where that cannot be known, as outside of
 * Linux.
 */
function openFiles(): number | undefined {
  try {
    const limit = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1]
    return limit === undefined ? undefined : Number(limit)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EMFILE' ? 0 : undefined
  }
}

/** Why mailrun cannot even be loaded. */
export function tooFewFiles(): string | undefined {
  const limit = openFiles()
  if (limit === undefined || limit >= LEAST) return undefined
  return (
    `this machine lets the process open ${limit} files, which is too few: ` +
    'raise the limit with "ulimit -n 1024" in this shell, or in /etc/security/limits.conf'
  )
}

/** As many hosts at once as wanted, or as there can be connections. */
export const affordableForks = (wanted: number): number =>
  Math.max(1, Math.min(wanted, (openFiles() ?? Infinity) - BESIDE_HOSTS))
