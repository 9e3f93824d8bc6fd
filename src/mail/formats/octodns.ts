// Writes records as YAML for octoDNS, one file for each zone: ZONE.yaml in the directory of a YamlProvider.
import { MailrunError } from '../../core/mailrun-error.ts'
import { mxParts } from './dns-text.ts'
import type { PublishedTxt } from '../fleet/mail-records.ts'
import { isSpf } from '../records/spf/record.ts'
import { relativeName, type Zone } from './zones.ts'

/**
 * octoDNS takes a backslash before each semicolon, and ASCII alone; quotes and backslashes change between its
 * providers.
 */
function escaped(name: string, value: string): string {
  if (/[^\x20-\x7e]|["\\]/.test(value))
    throw new MailrunError(
      `${name}: octoDNS cannot be given ${JSON.stringify(value)} for sure: ` +
        'it has quotes, backslashes or characters outside ASCII',
    )
  return value.replaceAll(';', '\\;')
}

/** YAML's double-quoted form takes what JSON writes. */
const text = (value: string): string => JSON.stringify(value)

/**
 * octoDNS owns all TXT records of a name, so what others have beside the SPF record stands here, too: a site's
 * verification, for example. Keys are in the order that octoDNS enforces.
 */
export function octodnsYaml({ zone, records }: Zone, published: PublishedTxt): string {
  const names = [...new Set(records.map(({ name }) => name))]
  const keyed = names
    .map((name) => [name === zone ? '' : relativeName(name, zone), name] as const)
    .sort(([a], [b]) => inNaturalOrder(a, b))
  const body = keyed.map(([key, name]) => {
    const here = records.filter((record) => record.name === name)
    const types = [...new Set(here.map(({ type }) => type))].sort()
    const sets = types.map((type) => {
      const set = here.filter((record) => record.type === type)
      const values =
        type === 'MX'
          ? set.map(({ value }) => mx(value))
          : [
              ...set.map(({ value }) => value),
              ...(set.some(({ purpose }) => purpose.startsWith('spf'))
                ? published(name).filter((each) => !isSpf(each))
                : []),
            ].map((value) => `      - ${text(escaped(name, value))}\n`)
      return `  - ttl: ${set[0]!.ttl}\n    type: ${type}\n    values:\n${values.join('')}`
    })
    return `${text(key)}:\n${sets.join('')}`
  })
  return `---\n${body.join('')}`
}

/** Runs of digits count as numbers: mx2 stands before mx10. */
function inNaturalOrder(a: string, b: string): number {
  const [left, right] = [a.split(/(\d+)/), b.split(/(\d+)/)]
  const at = left.findIndex((part, index) => part !== right[index])
  const [one, other] = [left[at] ?? '', right[at] ?? '']
  return at % 2 === 1 && right[at] !== undefined ? Number(one) - Number(other) : one < other ? -1 : 1
}

const mx = (value: string): string => {
  const { preference, exchange } = mxParts(value)
  return `      - exchange: ${text(exchange)}\n        preference: ${preference}\n`
}
