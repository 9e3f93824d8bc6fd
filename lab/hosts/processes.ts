// Finds the processes that this lab started, by arguments that only they have, so that no other process is ended.
import { readFileSync, readdirSync, readlinkSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { LabError } from '../lab-error.ts'

export interface RunningProcess {
  readonly pid: number
  readonly parent: number
  readonly args: readonly string[]
  /** Its root directory as this machine sees it, where that can be read. */
  readonly root: string
}

/** Programs that work on a lab's directories; an editor or a pager that has a lab's file open is none of them. */
const OWN_PROGRAMS = new Set([
  'systemd-nspawn',
  'systemd-run',
  'vde_switch',
  'wirefilter',
  'mmdebstrap',
  'apt-get',
  'mailrun-lab-launch',
])

/** Every process of this machine; those that end meanwhile are left out. */
export function runningProcesses(): readonly RunningProcess[] {
  return readdirSync('/proc').flatMap((entry) => {
    const pid = Number(entry)
    if (!Number.isInteger(pid)) return []
    try {
      const args = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1)
      if (args.length === 0) return []
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
      // The name in parentheses may hold anything: the parent stands two fields after the last one.
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
      return [{ pid, parent, args, root: readlinkSync(`/proc/${pid}/root`) }]
    } catch {
      return []
    }
  })
}

/** Processes of ours that work on this directory or below it, or have it as their root. */
export function processesBelow(directory: string): readonly RunningProcess[] {
  const inside = (path: string): boolean => path === directory || path.startsWith(`${directory}/`)
  return runningProcesses().filter(({ pid, args, root }) => {
    if (pid === process.pid) return false
    if (inside(root)) return true
    const own = args.slice(0, 4).some((arg) => OWN_PROGRAMS.has(basename(arg)))
    return own && args.some((arg) => inside(arg) || inside(arg.slice(arg.indexOf('=') + 1)))
  })
}

/**
 * Processes in this network namespace, among them systemds whose systemd-nspawn was killed. @param path - as `ip netns`
 * makes it.
 */
export function processesInNamespace(path: string): readonly RunningProcess[] {
  const inode = statSync(path, { throwIfNoEntry: false })?.ino
  return runningProcesses().filter(({ pid }) => inode !== undefined && namespaceOf(pid) === `net:[${inode}]`)
}

function namespaceOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/net`)
  } catch {
    return undefined
  }
}

/**
 * Kills them and waits until they are gone; what they start meanwhile is found in the next round.
 *
 * @throws LabError when some live on for 10 seconds.
 */
export async function endProcesses(find: () => readonly RunningProcess[]): Promise<void> {
  for (let round = 0; round < 200; round += 1) {
    const found = find()
    if (found.length === 0) return
    for (const { pid } of found) {
      try {
        process.kill(pid, 'SIGKILL')
      } catch {
        // It ended by itself.
      }
    }
    await sleep(50)
  }
  const left = find().map(({ pid, args }) => `${pid} (${args.slice(0, 2).join(' ')})`)
  if (left.length > 0)
    throw new LabError(
      `these processes of the lab do not end: ${left.join(', ')}: see "ps -o pid,stat,wchan,args -p PID"`,
    )
}
