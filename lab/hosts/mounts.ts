// Unmounts and removes a directory of the lab, never following a mount into something else.
import { readFileSync } from 'node:fs'
import { LabError } from '../lab-error.ts'
import { local } from '../local.ts'
import { endProcesses, processesBelow } from './processes.ts'

/** Mount points at or below the directory, the innermost first. */
export function mountsBelow(directory: string): readonly string[] {
  return parseMountPoints(readFileSync('/proc/self/mountinfo', 'utf8'))
    .filter((path) => path === directory || path.startsWith(`${directory}/`))
    .reverse()
}

/** The mount points in mountinfo (proc(5)), in the order of mounting. A pure function. */
export function parseMountPoints(mountinfo: string): readonly string[] {
  return mountinfo
    .split('\n')
    .flatMap((line) => line.split(' ')[4] ?? [])
    .map((path) => path.replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8))))
}

export async function unmountBelow(directory: string): Promise<void> {
  for (const path of mountsBelow(directory)) await local`umount --lazy --no-canonicalize ${path}`
  const left = mountsBelow(directory)
  if (left.length > 0) throw new LabError(`still mounted: ${left.join(', ')}: see who holds it with "fuser -m PATH"`)
}

/** Ends the processes that use the directory, unmounts, and then removes it, without leaving its file system. */
export async function removeTree(directory: string): Promise<void> {
  await endProcesses(() => processesBelow(directory))
  await unmountBelow(directory)
  await local`rm -rf --one-file-system -- ${directory}`
}
