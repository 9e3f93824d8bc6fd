// How many processes and threads a host has ever started: its own process numbers are counted up, and the kernel tells the last one.
import type * as Lab from '../lab/index.ts'

/** Processes and threads that the host started while `run` went on, the two that look being taken off. */
export async function processesStarted(lab: typeof Lab, hosts: readonly string[], run: () => Promise<unknown>): Promise<readonly number[]> {
  const before = await Promise.all(hosts.map((host) => lastNumber(lab, host)))
  await run()
  const after = await Promise.all(hosts.map((host) => lastNumber(lab, host)))
  return after.map(({ last, most }, index) => (last - before[index]!.last + most) % most - 1)
}

/** proc_loadavg(5): its fifth field is of the reader's process namespace. */
async function lastNumber(lab: typeof Lab, host: string): Promise<{ readonly last: number; readonly most: number }> {
  const { stdout } = await lab.hostExec(host, 'read a b c d last </proc/loadavg; read most </proc/sys/kernel/pid_max; echo $last $most')
  const [last = NaN, most = NaN] = stdout.trim().split(' ').map(Number)
  if (Number.isNaN(last) || Number.isNaN(most)) throw new Error(`${host} does not tell its last process number: ${stdout}`)
  return { last, most }
}
