// All secrets that are known of a host before the run: its passwords, and what its questions carry.
import type { PreparedHost } from '../model/prepared-host.ts'
import { leavesOf } from '../model/probe.ts'

export function secretsOf({ host, tasks, outputs }: PreparedHost): readonly string[] {
  const probes = [...tasks.map(({ probe }) => probe), ...Object.values(outputs)]
  return [
    ...[host.address.password, host.address.privateKeyPassphrase, host.address.become?.password].flatMap((password) => (password === undefined ? [] : [password.reveal()])),
    ...tasks.flatMap(({ secrets }) => secrets),
    ...probes.flatMap(leavesOf).flatMap(({ question }) => ('script' in question ? question.script.secrets : [])),
  ]
}
