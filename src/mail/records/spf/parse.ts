// Parses SPF records by the grammar of RFC 7208, section 12.
import { parseNetwork } from './network.ts'
import { RecordSyntaxError } from '../record-syntax-error.ts'
import { isDomainSpec, isMacroString } from './domain-spec.ts'
import { isSpf, type Qualifier, type SpfMechanism, type SpfModifier, type SpfRecord, type SpfTerm } from './record.ts'
import type { Untrusted } from '../../../shell/untrusted.ts'

const MECHANISMS = ['all', 'include', 'a', 'mx', 'ptr', 'ip4', 'ip6', 'exists']

const wrong = (term: Untrusted, problem: string): RecordSyntaxError =>
  new RecordSyntaxError('SPF record', term, problem)

/**
 * @throws RecordSyntaxError that names the term; verifiers would answer permerror.
 * @example
 * parseSpf('v=spf1 ip4:192.0.2.1 -all')
 */
export function parseSpf(text: Untrusted): SpfRecord {
  if (!isSpf(text)) throw wrong(text, 'is none: it begins with "v=spf1" and a space')
  const odd = /[^\x20-\x7e]/.exec(text)
  if (odd) throw wrong(text, `holds ${JSON.stringify(odd[0])}: terms are visible ASCII characters, parted by spaces`)
  const terms = text
    .split(' ')
    .slice(1)
    .filter((each) => each !== '')
    .map(parseSpfTerm)
  for (const name of ['redirect', 'exp'] as const) {
    const second = terms.filter((term) => term.name === name)[1]
    if (second) throw wrong(second.text, `is the second ${name}, and one is allowed`)
  }
  return { terms }
}

/**
 * @throws RecordSyntaxError
 * @example
 * parseSpfTerm('include:_spf.google.com')
 */
export function parseSpfTerm(text: Untrusted): SpfTerm {
  const modifier = /^([a-z][a-z0-9_.-]*)=(.*)$/is.exec(text)
  if (modifier) return parseModifier(text, modifier[1]!.toLowerCase(), modifier[2]!)
  const [, qualifier, name = '', rest = ''] = /^([+?~-])?([a-z0-9]+)(.*)$/is.exec(text) ?? []
  return parseMechanism(text, (qualifier ?? '+') as Qualifier, name.toLowerCase(), rest)
}

function parseModifier(text: Untrusted, word: Untrusted, value: Untrusted): SpfModifier {
  const name: string = word
  if (name !== 'redirect' && name !== 'exp') {
    if (!isMacroString(value)) throw wrong(text, 'has a value that is no macro string')
    return { text, name: 'unknown', value }
  }
  if (!isDomainSpec(value)) throw wrong(text, `has no domain: ${name}=example.org is wanted`)
  return { text, name, value }
}

const NETWORK_EXAMPLES = {
  ip4: 'ip4:192.0.2.1 or ip4:192.0.2.0/24',
  ip6: 'ip6:2001:db8::1 or ip6:2001:db8::/32',
} as const

function parseMechanism(text: Untrusted, qualifier: Qualifier, word: Untrusted, rest: Untrusted): SpfMechanism {
  const name: string = word
  const domain = rest.startsWith(':') ? rest.slice(1) : undefined
  switch (name) {
    case 'all':
      if (rest !== '') throw wrong(text, 'has something behind all, which takes nothing')
      return { text, qualifier, name }
    case 'include':
    case 'exists':
      if (domain === undefined || !isDomainSpec(domain))
        throw wrong(text, `has no domain: ${name}:example.org is wanted`)
      return { text, qualifier, name, domain }
    case 'ptr':
      if (rest !== '' && (domain === undefined || !isDomainSpec(domain)))
        throw wrong(text, 'has no domain behind ptr: that is ptr or ptr:example.org')
      return { text, qualifier, name, domain }
    case 'ip4':
    case 'ip6': {
      const family = name === 'ip4' ? 4 : 6
      if (domain === undefined || parseNetwork(domain)?.family !== family)
        throw wrong(text, `has no IPv${family} address or network: ${NETWORK_EXAMPLES[name]} is wanted`)
      return { text, qualifier, name, network: domain }
    }
    case 'a':
    case 'mx':
      return parseAddressMechanism(text, qualifier, name, rest)
    default:
      throw wrong(text, `is not known: the mechanisms are ${MECHANISMS.join(', ')}`)
  }
}

const PREFIX = String.raw`0|[1-9]\d{0,2}`
const DUAL_PREFIX = new RegExp(`^(.*?)(?:/(${PREFIX}))?(?://(${PREFIX}))?$`)

function parseAddressMechanism(text: Untrusted, qualifier: Qualifier, name: 'a' | 'mx', rest: Untrusted): SpfMechanism {
  const [, spec = '', four, six] = DUAL_PREFIX.exec(rest) ?? []
  const [prefix4, prefix6] = [Number(four ?? 32), Number(six ?? 128)]
  const domain = spec === '' ? undefined : spec.slice(1)
  if (domain !== undefined && (!spec.startsWith(':') || !isDomainSpec(domain)))
    throw wrong(text, `cannot be read: that is ${name}, ${name}:example.org, ${name}/24 or ${name}:example.org/24//64`)
  if (prefix4 > 32 || prefix6 > 128) throw wrong(text, 'has a prefix length above 32 (IPv4) or 128 (IPv6)')
  return { text, qualifier, name, domain, prefix4, prefix6 }
}
