// All secrets of a host that are known before its run: from its vars, its connection, its tasks and its questions.
import type { PreparedHost } from '../core/fleet/prepared-host.ts'
import { leavesOf } from '../core/probe/probe.ts'
import { secretsIn } from '../shell/secrets-in.ts'

export function secretsOf({ host, tasks, outputs, secrets, gives = {} }: PreparedHost): readonly string[] {
  const probes = [...tasks.map(({ probe }) => probe), ...Object.values(outputs), ...Object.values(gives)]
  return [
    ...secrets,
    ...secretsIn([host.address, host.connection]),
    ...tasks.flatMap((task) => task.secrets),
    ...probes.flatMap(leavesOf).flatMap(({ question }) => ('script' in question ? question.script.secrets : [])),
  ]
}
