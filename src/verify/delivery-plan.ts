// Plans which messages are sent from a host, and which paths are left out and why. A pure function.
import {
  deliveryMessage,
  deliveryNonce,
  type DeliveryMessage,
  type DeliveryRequest,
} from '../mail/messages/delivery-message.ts'
import { mailDomain } from '../mail/names/names.ts'
import type { DeliveryPath, DeliveryProof, Verdict } from '../mail/proof/proof.ts'
import type { MilterState } from '../signers/milter-sign.ts'

export interface DeliveryPlan {
  readonly messages: readonly DeliveryMessage[]
  readonly leftOut: readonly DeliveryProof[]
}

/**
 * @param wanted - of the host's own mail
 * @param run - the word that the nonces of this run begin with
 * @param first - the number of the host's first message
 */
export function deliveryPlan(
  { parameters, services, domains }: MilterState,
  wanted: { readonly own: boolean; readonly bounces: boolean },
  request: DeliveryRequest,
  run: string,
  first: number,
): DeliveryPlan {
  const messages: DeliveryMessage[] = []
  const leftOut: DeliveryProof[] = []
  const origin = parameters['myorigin'] ?? ''
  const [own, local] = [mailDomain(origin), localDomain(parameters)]
  const add = (domain: string, path: DeliveryPath, hindrance: string | undefined): void => {
    if (hindrance !== undefined) leftOut.push({ domain, path, verdict: leftOutVerdict(hindrance) })
    else {
      messages.push(
        deliveryMessage(request, path, domain, deliveryNonce(run, first + messages.length), local ?? 'localhost'),
      )
    }
  }
  const listens = (...names: readonly string[]): boolean => names.some((name) => services.includes(`${name}/inet`))
  const unnamed =
    own === undefined
      ? `the host sends as ${JSON.stringify(origin)} (myorigin), which is no domain that others know`
      : undefined
  for (const domain of domains) {
    add(domain, 'sendmail', undefined)
    add(
      domain,
      'smtp',
      listens('smtp', '25', '127.0.0.1:25', '127.0.0.1:smtp', 'localhost:25', 'localhost:smtp')
        ? undefined
        : 'master.cf has no service smtp',
    )
    add(
      domain,
      'submission',
      listens('submission', '587', '127.0.0.1:587', '127.0.0.1:submission', 'localhost:587', 'localhost:submission')
        ? undefined
        : 'master.cf has no service submission',
    )
  }
  const unwanted = wanted.own ? undefined : 'sign_host_name is false'
  add(own ?? origin, 'root', unwanted ?? unnamed)
  add(
    own ?? origin,
    'bounce',
    unwanted ?? (wanted.bounces ? undefined : 'sign_bounces is false') ?? unnamed ?? noBounce(parameters, local),
  )
  return { messages, leftOut }
}

export const leftOutVerdict = (why: string): Verdict => ({
  status: 'none',
  id: 'left-out',
  what: `is not sent: ${why}`,
})

/** One whose unknown users bounce: of `mydestination`, and not by a table, which cannot be known. */
function localDomain({ mydestination = '', myhostname = '' }: MilterState['parameters']): string | undefined {
  const names = mydestination.split(/[\s,]+/).filter((name) => /^[\w-]+(?:\.[\w-]+)*$/.test(name))
  return names.find((name) => name === myhostname) ?? names.find((name) => name === 'localhost') ?? names[0]
}

function noBounce(parameters: MilterState['parameters'], local: string | undefined): string | undefined {
  if (local === undefined)
    return 'the host holds no domain for its own (mydestination), so nothing bounces there without harm to others'
  const taker = ['luser_relay', 'fallback_transport', 'fallback_transport_maps'].find((name) => parameters[name])
  if (taker !== undefined) return `mail to unknown users does not bounce, but goes where ${taker} says`
  return parameters['soft_bounce'] === 'yes' ? 'soft_bounce is on: nothing bounces' : undefined
}
