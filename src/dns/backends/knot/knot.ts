// Backend `knotc`: Knot DNS on a host of the inventory; each change is a transaction of knotc(8).
import { defineBackend, hostVar, NEEDS_HOST } from '../backend.ts'

export const knot = defineBackend({
  via: 'knotc',
  how: 'on `host`, in Knot DNS: a transaction for each set',
  set: 'dns.host with dns.via: knotc (one with Knot DNS)',
  guard: 'compare-and-set',
  vars: { host: hostVar },
  settle({ host }) {
    if (host === undefined) return NEEDS_HOST
    return {
      host,
      async pushOnHost(changes, { zone }, connection, signal) {
        const { pushByKnotc } = await import('./push-by-knotc.ts')
        return pushByKnotc(changes, zone, connection, signal)
      },
    }
  },
})
