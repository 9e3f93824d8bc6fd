// Backend `nsupdate-local`: BIND on a host of the inventory, with dynamic updates made there, signed with the session
// key that BIND keeps for them.
import { defineBackend, hostVar, NEEDS_HOST } from '../backend.ts'

export const bindOnHost = defineBackend({
  via: 'nsupdate-local',
  how: "on `host`, in BIND: dynamic updates with BIND's session key, which never leaves the host",
  set: 'dns.host (a BIND host of the inventory)',
  guard: 'compare-and-set',
  vars: { host: hostVar },
  impliedBy: ['host'],
  settle({ host }) {
    if (host === undefined) return NEEDS_HOST
    return {
      host,
      async pushOnHost(changes, { primary }, connection, signal) {
        const { pushByHost } = await import('./push-by-host.ts')
        return pushByHost(changes, primary?.addresses ?? [], connection, signal)
      },
    }
  },
})
