// Asks from which addresses a host's mail leaves: those that its routes to the world choose.
import { defineProbe, type Probe } from '../model/probe.ts'
import { raw } from '../shell/script.ts'

/** Addresses of documentation (RFC 5737, RFC 3849): routed as the rest of the world, and asked for, not sent to. */
const WORLD = { 4: '192.0.2.1', 6: '2001:db8::1' } as const

/** By ip(8); none where it is missing, nor of a family that has no route. Another address may be seen behind a NAT. */
export const routedAddresses: Probe<readonly string[]> = defineProbe<readonly string[]>({
  key: 'routed addresses',
  reads: [],
  script: raw(`ip -j -4 route get ${WORLD[4]} 2>/dev/null; echo; ip -j -6 route get ${WORLD[6]} 2>/dev/null; :`),
  parse: ({ stdout }) => [...stdout.matchAll(/"prefsrc":"([0-9a-f.:]+)"/g)].map(([, address = '']) => address).filter((address) => !address.startsWith('fe80:')),
})
