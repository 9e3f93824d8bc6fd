// All secrets that are known of a host before the run: its sudo password, and what its questions carry.
import type { PreparedHost } from '../model/prepared-host.ts'
import { leavesOf } from '../model/probe.ts'

export function secretsOf({ host, tasks, outputs }: PreparedHost): readonly string[] {
  const password = host.address.becomePassword?.reveal()
  const probes = [...tasks.map(({ probe }) => probe), ...Object.values(outputs)]
  return [
    ...(password === undefined ? [] : [password]),
    ...tasks.flatMap(({ secrets }) => secrets),
    ...probes.flatMap(leavesOf).flatMap(({ question }) => ('script' in question ? question.script.secrets : [])),
  ]
}
