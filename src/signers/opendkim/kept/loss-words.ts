// The messages about mail that would lose its signature, and what to do. They use the words of the inventory and of
// OpenDKIM's tables.
import { mailDomain } from '../../../mail/names/names.ts'
import { CLIENT } from '../../keep-args.ts'
import { placeText } from '../configuration/index.ts'
import type { SignedClient } from './signed-clients.ts'
import type { Kept, Lost } from './signed-patterns.ts'

export const SHOWN = 10
export const more = (all: number): string => (all > SHOWN ? `\nand ${all - SHOWN} more` : '')

export function refusal({ lost, idle }: Kept, domains: readonly string[]): string {
  const unmet = idle.length === 0 ? '' : `; of drop_signing nothing that is signed is meant by ${idle.join(', ')}`
  return (
    `mail that this host signs would not be signed any more, or by another key, so nothing is changed:` +
    `${lostText(lost)}\n${remedyFor(lost, domains)}${unmet}`
  )
}

export const lostText = (lost: readonly Lost[]): string =>
  `${lost
    .slice(0, SHOWN)
    .map((each) => `\n${lossText(each)}`)
    .join('')}${more(lost.length)}`

function lossText({ pattern, by, instead }: Lost): string {
  const signer = by.identity === undefined ? '' : ` i=${by.identity}`
  const becomes = instead === undefined ? 'it would leave unsigned' : `another key of ${instead} would sign it`
  return `${pattern}: d=${by.domain} s=${by.selector}${signer} (${placeText(by.place)}); ${becomes}`
}

/** In the words of the inventory; of a domain that it names, in those of the tables. */
function remedyFor(lost: readonly Lost[], domains: readonly string[]): string {
  const shown = lost.slice(0, SHOWN).map((each) => ({ ...each, word: inventoryWord(each.pattern) }))
  const own = shown.filter(({ word }) => domains.includes(word))
  const patterns = shown.map(({ word }) => word).filter((word) => !domains.includes(word))
  const names = patterns.filter((name) => mailDomain(name) === name)
  const add = names.length === 0 ? '' : `add ${names.join(', ')} to domains, or `
  const drop = patterns.map((pattern) => `'${pattern}'`).join(', ')
  const say = `${patterns.includes('*') ? ALL_REMEDY : add}say what need not stay signed: drop_signing: [${drop}]`
  return [...own.map(ownRemedy), ...(patterns.length === 0 ? [] : [say])].join('\n')
}

/** mailrun signs a domain by one key, in a file, with no signer of its own. */
function ownRemedy({ word, by: { key, keyPlace, identity, place } }: Lost & { readonly word: string }): string {
  const table = placeText(keyPlace)
  if (key === undefined)
    return `${word}: its key stands in the table itself (${table}): put it into a file, and name that there`
  if (!key.startsWith('/')) return `${word}: name the key ${key} by its whole path (${table})`
  if (identity !== undefined) return `${word}: mailrun writes no i=: take ${identity} out (${placeText(place)})`
  return `${word}: mailrun signs a domain by one key: take out the lines of the others (${placeText(place)})`
}

const ALL_REMEDY = 'name in domains each whose mail is to be signed from now on, and '

/** `*@example.org`: `example.org`; `*@*.example.org`: `.example.org`; `*@*`: `*` */
export const inventoryWord = (pattern: string): string =>
  pattern === '*@*' ? '*' : pattern.replace(/^\*@\*\./, '.').replace(/^\*@/, '')

export function refusedClients(clients: readonly SignedClient[]): string {
  const shown = clients.slice(0, SHOWN)
  const list = shown.map(({ name, place }) => `\n${name} (${placeText(place)})`)
  const quoted = (names: readonly string[]): string => names.map((name) => `'${name}'`).join(', ')
  const names = shown.map(({ name }) => name)
  const trusted = names.filter((name) => /^[\w.:/-]+$/.test(name) && !/^(?:MTA|MacroList|POPDBFile)$/.test(name))
  const add = trusted.length === 0 ? '' : `say trusted_hosts: [${quoted(trusted)}], or `
  return (
    `mail of clients that this host signs for would leave unsigned unless they log in, so nothing is changed:` +
    `${list.join('')}${more(clients.length)}\n${add}` +
    `say which need not be signed for: drop_signing: [${quoted(names.map((name) => CLIENT + name))}]`
  )
}
