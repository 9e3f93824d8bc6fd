// Whether a restart of OpenDKIM needs a second instance that signs meanwhile, and to what Postfix is pointed then.
import { leadsTo } from '../mail/milter.ts'
import { headOf, listItems } from '../postfix/milter-list.ts'
import type { OpendkimActivation } from '../probes/opendkim-activation.ts'
import type { PostfixParameters } from '../probes/postfix-parameters.ts'
import type { Untrusted } from '../shell/untrusted.ts'

/** In Postfix's queue directory, where a chroot does not matter. */
export const COVER_DIRECTORY = 'mailrun-cover'
/** The second instance, as Postfix's lists name it while the first is restarted. */
export const COVER_MILTER = `unix:${COVER_DIRECTORY}/opendkim.sock`

const LISTS = ['smtpd_milters', 'non_smtpd_milters']

/** Values of parameters, by name. */
type Values = readonly (readonly [parameter: string, value: string])[]

export interface Cover {
  readonly former: Values
  readonly during: Values
  readonly after: Values
}

export interface CoverQuestion {
  /** Where OpenDKIM listens now, as far as can be told: in an activation that was killed, one of several. */
  readonly sockets: readonly string[]
  /** Where it is to. */
  readonly wanted: string
  /** {@link milterOf} that. */
  readonly milter: string
  readonly parameters: PostfixParameters
  readonly activation: OpendkimActivation
}

/** `undefined`: no Postfix asks this OpenDKIM. */
export function coverOf({
  sockets,
  wanted,
  milter,
  parameters,
  activation,
}: CoverQuestion): Cover | { readonly impossible: string } | undefined {
  const asks = (item: Untrusted): boolean =>
    sockets.some((socket) => leadsTo(headOf(item), socket)) || headOf(item) === COVER_MILTER
  const own = activation.overrides.find((line) => (line.match(/(?:unix|local|inet6?):[^\s,}]+/g) ?? []).some(asks))
  if (own !== undefined)
    return { impossible: `master.cf sets a list of milters of its own, which mailrun does not change (${own.trim()})` }
  const former = LISTS.flatMap((name): [string, string][] => {
    const value = parameters.values.get(name)
    return typeof value === 'string' && listItems(value).some(asks) ? [[name, value]] : []
  })
  if (former.length === 0) return undefined
  const instead = (by: string): Values =>
    former.map(([name, value]) => [
      name,
      once(listItems(value).map((item) => (asks(item) ? item.replace(headOf(item), by) : item))).join(', '),
    ])
  const stays = former.every(([, value]) =>
    listItems(value).every((item) => !asks(item) || leadsTo(headOf(item), wanted)),
  )
  return { former, during: instead(COVER_MILTER), after: stays ? former : instead(milter) }
}

const once = (items: readonly Untrusted[]): readonly string[] =>
  items.filter((item, index) => items.findIndex((other) => headOf(other) === headOf(item)) === index)
