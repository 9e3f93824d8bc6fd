// Reads LocalForward, RemoteForward and DynamicForward; what is said twice counts once.
import { isDeepStrictEqual } from 'node:util'
import type { Arguments } from './arguments.ts'
import { shown } from './expand.ts'
import { forwardOf } from './forward.ts'
import type { Here } from './machine.ts'
import { Refusal } from './refusal.ts'
import type { Effect } from './values.ts'

/** @throws Refusal for a specification that OpenSSH does not take. */
export function readForward(given: Arguments, keyword: string, here: Here): Effect {
  const kind = keyword === 'localforward' ? 'local' : keyword === 'remoteforward' ? 'remote' : 'dynamic'
  const from = given.need()
  const to = kind === 'dynamic' ? '' : (given.next() ?? '')
  if (kind === 'local' && to === '') throw new Refusal('its target is missing')
  const dynamic = to === ''
  const forward = forwardOf(dynamic ? from : `${from}:${to}`, kind, dynamic, here)
  if (forward === undefined)
    throw new Refusal(
      `${shown(`${from} ${to}`.trim())} is no forwarding: wanted is [address:]port${kind === 'dynamic' ? '' : ' host:port'}, or paths`,
    )
  return ({ forwards }, { where }) => {
    const remote = kind === 'remote'
    if (!forwards.some((each) => each.remote === remote && isDeepStrictEqual(each.forward, forward)))
      forwards.push({ forward, remote, where })
  }
}
