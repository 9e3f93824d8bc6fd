// Reasons not to change the lists of milters: uses that cannot be known, and other instances of Postfix.
import type { PostfixSources } from '../postfix/settings/sources.ts'
import { sameSocket, type Endpoint } from './endpoint.ts'
import { milterLists, type MilterList } from './milter-uses.ts'

/** What may ask one of the sockets, and cannot be known. */
export function unknownIn(lists: readonly MilterList[]): string | undefined {
  for (const { service, parameter, items } of lists)
    for (const { use } of items)
      if (use.endpoint.kind === 'unknown') return `${service.name} asks by ${parameter}: ${use.endpoint.why}`
  return undefined
}

/** Another instance that asks one of the sockets, or that may. */
export function sharedWith({ instances, host }: PostfixSources, from: readonly Endpoint[]): string | undefined {
  for (const instance of instances) {
    if ('unread' in instance) return `the instance ${instance.directory} of Postfix cannot be read: ${instance.unread}`
    const lists = milterLists(instance)
    const unknown = unknownIn(lists)
    if (unknown !== undefined) return `the instance ${instance.directory} of Postfix: ${unknown}`
    const asks = lists
      .flatMap(({ items }) => items)
      .find(({ use }) => from.some((each) => sameSocket(use.endpoint, each, host)))
    if (asks !== undefined)
      return `the instance ${instance.directory} of Postfix asks ${asks.use.item}, too (${asks.use.service})`
  }
  return undefined
}
