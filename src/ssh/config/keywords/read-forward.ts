// Reads LocalForward, RemoteForward and DynamicForward; what is said twice counts once.
import { isDeepStrictEqual } from 'node:util'
import type { Arguments } from '../files/arguments.ts'
import { shown } from '../expand.ts'
import { forwardOf } from './forward.ts'
import type { Here } from '../machine.ts'
import { Refusal } from '../files/refusal.ts'
import type { Effect } from '../values.ts'

const KINDS: Readonly<Record<string, 'local' | 'remote'>> = { localforward: 'local', remoteforward: 'remote' }

/** @throws Refusal for a specification that OpenSSH does not take. */
export function readForward(given: Arguments, keyword: string, here: Here): Effect {
  const kind = KINDS[keyword] ?? 'dynamic'
  const from = given.need()
  const to = kind === 'dynamic' ? '' : (given.next() ?? '')
  if (kind === 'local' && to === '') throw new Refusal('its target is missing')
  const dynamic = to === ''
  const forward = forwardOf(dynamic ? from : `${from}:${to}`, kind, dynamic, here)
  if (forward === undefined) {
    const wanted = kind === 'dynamic' ? '[address:]port' : '[address:]port host:port'
    throw new Refusal(`${shown(`${from} ${to}`.trim())} is no forwarding: wanted is ${wanted}, or paths`)
  }
  return ({ forwards }, { where }) => {
    const remote = kind === 'remote'
    if (!forwards.some((each) => each.remote === remote && isDeepStrictEqual(each.forward, forward)))
      forwards.push({ forward, remote, where })
  }
}
