// The vars of an inventory about the DNS records of mail, as entries of a playbook's schema.
import * as v from 'valibot'
import { parseNetwork } from '../records/spf/network.ts'
import { reportUri, reportUriProblem } from '../records/dmarc/report-uri.ts'
import type { DmarcRecord } from '../records/dmarc/record.ts'
import { domain } from './schemas.ts'
import { isDomainSpec } from '../records/spf/domain-spec.ts'
import { parseSpfTerm } from '../records/spf/parse.ts'
import { isMechanism } from '../records/spf/record.ts'

const listOf = <Schema extends v.GenericSchema<unknown, unknown>>(schema: Schema, wanted: string) =>
  v.array(schema, `a list of ${wanted} is wanted`)
const got = (input: unknown): string => JSON.stringify(input)

/** A name for `include:`; underscores and macros may be in it. */
const include = v.pipe(
  v.string('a domain is wanted, such as _spf.google.com'),
  v.check(
    (text) => isDomainSpec(text),
    ({ input }) => `a domain is wanted, such as _spf.google.com; got ${got(input)}`,
  ),
  v.toLowerCase(),
)

const network = v.pipe(
  v.string('an address or network is wanted, such as 192.0.2.1 or 2001:db8::/64'),
  v.check(
    (text) => parseNetwork(text) !== undefined,
    ({ input }) => `an address or network is wanted, such as 192.0.2.1 or 2001:db8::/64; got ${got(input)}`,
  ),
)

const address = v.pipe(
  network,
  v.check(
    (text) => !text.includes('/'),
    ({ input }) => `an address is wanted, such as 192.0.2.1 or 2001:db8::1; got ${got(input)}`,
  ),
)

const isFurtherMechanism = (text: string): boolean => {
  try {
    const term = parseSpfTerm(text)
    return isMechanism(term) && term.name !== 'all'
  } catch {
    return false
  }
}
const mechanism = v.pipe(
  v.string('a mechanism of SPF is wanted, such as a or mx'),
  v.check(
    isFurtherMechanism,
    ({ input }) => `a mechanism of SPF other than all is wanted, such as a or mx; got ${got(input)}`,
  ),
)

const uri = v.pipe(
  v.string('an address is wanted, such as dmarc@example.org'),
  v.transform(reportUri),
  v.check(
    (text) => reportUriProblem(text) === undefined && !/[,;!]/.test(text),
    ({ input }) => `an address or a URI is wanted, such as dmarc@example.org; got ${got(input)}`,
  ),
)
const uris = v.pipe(
  v.union(
    [
      v.pipe(
        uri,
        v.transform((one) => [one]),
      ),
      listOf(uri, 'addresses'),
    ],
    'an address, such as dmarc@example.org, or a list of them is wanted',
  ),
  v.minLength(1, 'at least one address is wanted: leave it out where no reports are wanted'),
)

const policy = v.picklist(['none', 'quarantine', 'reject'], 'none, quarantine or reject is wanted')
const alignment = v.picklist(['r', 's'], 'r (relaxed) or s (strict) is wanted')
const allowNone = 'allow_none_without_rua'

/** Who else sends for a domain, and what is said of everyone else. Own hosts need no mention. */
export const spfVar = v.strictObject(
  {
    /** Domains of services, as their pages name them: `_spf.google.com`. */
    includes: v.optional(listOf(include, 'domains')),
    /** Addresses or networks beside those of the hosts: a relay, a NAT. */
    networks: v.optional(listOf(network, 'addresses or networks')),
    /** Further mechanisms of RFC 7208, as they are to stand in the record. */
    mechanisms: v.optional(listOf(mechanism, 'mechanisms')),
    /** Addresses, networks and services that send no more: exactly these terms leave the record that is there. */
    retired: v.optional(
      listOf(
        v.union([network, include], 'an address, a network or a domain is wanted'),
        'addresses, networks or domains',
      ),
    ),
    /** Left out: what the domain's record says now, else `~all`. */
    all: v.optional(v.picklist(['-all', '~all', '?all'], '-all, ~all or ?all is wanted')),
  },
  'spf takes includes, networks, mechanisms, retired and all',
)

/** The tags of RFC 9989 but `psd`, which is for public suffixes. */
export const dmarcVar = v.pipe(
  v.strictObject(
    {
      p: policy,
      sp: v.optional(policy),
      np: v.optional(policy),
      adkim: v.optional(alignment),
      aspf: v.optional(alignment),
      /** An address or a list of them; URIs are taken, too. */
      rua: v.optional(uris),
      ruf: v.optional(uris),
      /** `1`, `d`, `s` or `1:d:s`; needs `ruf`. */
      fo: v.optional(
        v.pipe(
          v.union([v.string(), v.number()]),
          v.transform(String),
          v.regex(/^(?:[01]|[ds])(?::[01ds])*$/, '0, 1, d, s or several of them parted by colons are wanted'),
        ),
      ),
      /** Testing: receivers apply the policy one step down. */
      t: v.optional(v.boolean('true or false is wanted')),
      /** `p=none` without `rua` neither protects nor tells anything: it is refused unless this is true. */
      [allowNone]: v.optional(v.boolean('true or false is wanted'), false),
    },
    'dmarc takes p, sp, np, adkim, aspf, rua, ruf, fo, t and allow_none_without_rua',
  ),
  v.check(
    ({ p, rua, [allowNone]: allowed }) => p !== 'none' || rua !== undefined || allowed,
    'p: none needs rua, an address for reports: without it nothing is protected and nothing is reported ' +
      `(${allowNone}: true publishes it all the same)`,
  ),
  v.check(({ fo, ruf }) => fo === undefined || ruf !== undefined, 'fo has an effect with ruf alone'),
  v.transform(({ fo, t, ...rest }): DmarcRecord => {
    const tags = Object.entries(rest).filter(([name, value]) => name !== allowNone && value !== undefined)
    return {
      ...(Object.fromEntries(tags) as DmarcRecord),
      ...(fo === undefined ? {} : { fo: fo.split(':') as NonNullable<DmarcRecord['fo']> }),
      ...(t === true ? { t: 'y' as const } : {}),
    }
  }),
)

/** Historic: published where it is asked for, and never else. */
export const adspVar = v.picklist(['unknown', 'all', 'discardable'], 'unknown, all or discardable is wanted')

/** What differs for one domain. */
export const mailDomainVar = v.strictObject(
  {
    spf: v.optional(spfVar),
    dmarc: v.optional(dmarcVar),
    adsp: v.optional(adspVar),
    /** `false`: nobody sends in its name. */
    sends: v.optional(v.boolean('true or false is wanted')),
    /** `false`: it takes no mail, which a null MX says (RFC 7505). */
    receives: v.optional(v.boolean('true or false is wanted')),
  },
  'a domain takes spf, dmarc, adsp, sends and receives',
)

/** For who reads the schema of an inventory, as for who reads this. */
const described = <Schema extends v.GenericSchema<unknown, unknown>>(schema: Schema, words: string) =>
  v.optional(v.pipe(schema, v.description(words)))

/**
 * Beside `domains`, the domains that a host sends for.
 *
 * @example vars: v.object({ domains: v.array(domain), ...mailVars })
 */
export const mailVars = {
  spf: described(spfVar, 'Who else sends for the domains, and what is said of everyone else.'),
  dmarc: described(dmarcVar, 'The DMARC policy of the domains.'),
  adsp: described(adspVar, 'Historic: the ADSP record of the domains.'),
  mail_domains: described(
    v.record(domain, mailDomainVar, 'domains, each with spf, dmarc, adsp, sends or receives, are wanted'),
    'What differs, by domain; what is said here wins.',
  ),
  null_domains: described(listOf(domain, 'domains'), 'Domains that neither send nor receive.'),
  outgoing_addresses: described(
    listOf(address, 'addresses'),
    "The addresses that others see the host's mail come from. Left out: those that the host has.",
  ),
  helo_name: described(domain, 'The name that the host greets others with. Left out: fqdn.'),
  fqdn: described(domain, "The host's full name, which its own mail comes from. Left out: its name in the inventory."),
  sign_host_name: described(v.boolean('true or false is wanted'), 'false: mail of the host itself need not be signed.'),
  sign_bounces: described(v.boolean('true or false is wanted'), 'false: bounces need not be signed.'),
  dns_ttl: described(
    v.pipe(
      v.number('a number of seconds is wanted'),
      v.integer('a whole number of seconds is wanted'),
      v.minValue(1, 'at least 1 second is wanted'),
      v.maxValue(604_800, 'at most 604800 seconds, a week, are wanted'),
    ),
    'Seconds. Left out: 3600.',
  ),
  dns_zones: described(
    listOf(domain, 'zones'),
    'Where zones begin, for names in none of the domains or where a domain has no zone of its own.',
  ),
} as const

const shape = v.object({ domains: v.array(domain), ...mailVars })
/** What a host's vars come to. */
export type MailVars = v.InferOutput<typeof shape>
