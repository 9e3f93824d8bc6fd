// Remarks about the milters that each service of Postfix asks, in main.cf and in its own lists in master.cf.
import type { SignerToday } from '../../signers/inspection.ts'
import type { Signer } from '../../signers/signer.ts'
import type { PostfixAnswer } from '../../mail/mail-setup.ts'
import type { PostfixService, PostfixSources } from '../../resources/postfix/settings/sources.ts'
import { sameSocket, type Endpoint } from '../../resources/milters/endpoint.ts'
import { milterItem } from '../../resources/milters/milter-list.ts'
import { milterLists, type MilterList } from '../../resources/milters/milter-uses.ts'
import { Reading } from '../../resources/postfix/settings/reading.ts'
import { postfixSourcesOf } from '../../resources/postfix/postfix-services.ts'
import { groupedBy } from '../../text/grouped-by.ts'
import type { Untrusted } from '../../shell/untrusted.ts'

interface Milters {
  readonly sources: PostfixSources
  readonly lists: readonly MilterList[]
  /** As people write it. */
  readonly title: string
  isSigner(asked: Endpoint): boolean
}

/** Of main.cf, which a run adds the signer to; and whose mail passes them. */
const ADDED = { smtpd_milters: 'smtpd', non_smtpd_milters: 'cleanup' } as const

/**
 * Sentences without a stop: which milters are asked beside the signer, and what a run leaves as it is or adds.
 *
 * @param today - what the signer does; `undefined`: it is not there.
 */
export function milterOrder(
  reported: PostfixAnswer,
  { title }: Pick<Signer, 'title'>,
  today: SignerToday | undefined,
): readonly Untrusted[] {
  const sources = postfixSourcesOf(reported)
  const places = today?.places(sources) ?? []
  const milters: Milters = {
    sources,
    lists: milterLists(sources),
    title,
    isSigner: (asked) => places.some((place) => sameSocket(asked, place, sources.host)),
  }
  return [...ofLists(milters), ...ofServices(milters), ...ofAdded(milters)]
}

/** A list by its words: what main.cf says is said once, however many services read it. */
function ofLists(milters: Milters): readonly Untrusted[] {
  const byWords = groupedBy(
    milters.lists,
    (list) => `${isOwn(list) ? list.service.name : ''} ${list.parameter} ${list.text}`,
  )
  return [...byWords.values()].flatMap(([list]) => listWords(list!, milters))
}

const isOwn = ({ holder }: MilterList): boolean => holder?.service !== undefined

function listWords(list: MilterList, { title, isSigner }: Milters): readonly Untrusted[] {
  const items = list.items.map(({ use }) => use.item)
  const asked = items.join(', then ')
  const who = isOwn(list) ? `${list.service.name} (-o ${list.parameter} of master.cf)` : list.parameter
  if (list.items.every(({ use }) => use.endpoint.kind === 'unknown'))
    return [`${who} asks ${asked}, which cannot be known: a run leaves it as it is`]
  const asksSigner = list.items.some(({ use }) => isSigner(use.endpoint))
  if (isOwn(list) && !asksSigner)
    return [`${who} asks ${asked} and not ${title}: a run leaves it so, and mail that comes in there unsigned`]
  const actions = list.items.flatMap(({ use: { item } }) => {
    const action = milterItem(item, { start: 0, end: item.length }).options.get('default_action')
    return action === undefined ? [] : [`${who} has default_action=${action} for ${item}: it stays`]
  })
  return [...(items.length > 1 ? [`${who} asks ${asked}: the others stay, in this order`] : []), ...actions]
}

/** What is said of a service alone, with no milter in it. */
function ofServices({ sources, lists }: Milters): readonly Untrusted[] {
  const reading = new Reading(sources)
  const asking = new Set(lists.map(({ service }) => service.name))
  return sources.services.flatMap((service): readonly Untrusted[] => {
    const action = service.overrides.get('milter_default_action')
    const own =
      action === undefined ? [] : [`${service.name} has -o milter_default_action=${action} in master.cf: it stays`]
    if (service.command !== 'smtpd' || asking.has(service.name)) return own
    const option = asksNobody(reading, service)
    return option === undefined
      ? own
      : [...own, `${service.name} asks no milter (-o ${option} of master.cf): a run leaves it so`]
  })
}

function asksNobody(reading: Reading, service: PostfixService): string | undefined {
  if (reading.words('receive_override_options', service).includes('no_milters'))
    return service.overrides.has('receive_override_options') ? 'receive_override_options=no_milters' : undefined
  return service.overrides.has('smtpd_milters') ? 'smtpd_milters=' : undefined
}

/** Where main.cf does not name the signer, and some service of master.cf does. */
function ofAdded({ sources, lists, title, isSigner }: Milters): readonly Untrusted[] {
  const asksIt = lists.filter(({ items }) => items.some(({ use }) => isSigner(use.endpoint)))
  if (!asksIt.some(isOwn)) return []
  const reading = new Reading(sources)
  return Object.entries(ADDED).flatMap(([parameter, command]): readonly Untrusted[] => {
    if (asksIt.some((list) => !isOwn(list) && list.parameter === parameter)) return []
    const services = sources.services
      .filter((each) => each.command === command && !each.overrides.has(parameter))
      .filter((each) => !reading.words('receive_override_options', each).includes('no_milters'))
      .map(({ name }) => name)
    return services.length === 0
      ? []
      : [`${parameter} of main.cf does not name ${title}: a run adds it, so that ${andSoOn(services)} will ask it, too`]
  })
}

const SHOWN = 5

const andSoOn = (names: readonly Untrusted[]): Untrusted =>
  names.length > SHOWN ? `${names.slice(0, SHOWN).join(', ')} and ${names.length - SHOWN} more` : names.join(', ')
