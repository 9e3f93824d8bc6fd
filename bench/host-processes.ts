// Counts the processes that a host starts during a measurement, from the numbers that the kernel gives to new
// processes.
import type * as Lab from '../lab/index.ts'

/**
 * Processes and threads, for each host, that look being taken off which looks.
 *
 * @throws Error where the numbers began again, after some millions
 */
export async function processesStarted(
  lab: typeof Lab,
  hosts: readonly string[],
  run: () => Promise<unknown>,
): Promise<readonly number[]> {
  const before = await Promise.all(hosts.map((host) => lastNumber(lab, host)))
  await run()
  const after = await Promise.all(hosts.map((host) => lastNumber(lab, host)))
  return after.map((last, index) => {
    const first = before[index]!
    if (last <= first) throw new Error(`${hosts[index]}'s process numbers began again: measure again`)
    return last - first - 1
  })
}

/** proc_loadavg(5): the fifth field is of the reader's process namespace. */
async function lastNumber(lab: typeof Lab, host: string): Promise<number> {
  const { stdout } = await lab.hostExec(host, 'read a b c d last </proc/loadavg; echo $last')
  const last = Number(stdout)
  if (!Number.isInteger(last) || last === 0) throw new Error(`${host} does not tell its last process number: ${stdout}`)
  return last
}
