// Writes BIND's configuration for the three name servers of the lab. Pure functions.
import { DOMAIN, SENDER_DOMAINS, ipv6 } from './names.ts'
import { NUMBERS, TTL, zoneNames } from './zones.ts'

export const KEYS_PATH = '/etc/bind/tsig.keys'
export const PRIMARIES_PATH = '/etc/bind/primaries.conf'
export const HINTS_PATH = '/etc/bind/root.hints'

export const zoneFile = (zone: string): string => `/var/lib/bind/${zone === '.' ? 'root' : zone}.zone`

/** The secondary's source of zones; made to lag, it asks an address (RFC 5737) where nobody answers. */
export const primariesText = (subnet: string, lags: boolean): string =>
  `primaries ns1 { ${lags ? '192.0.2.1' : `${subnet}.${NUMBERS.ns1}`}; };\n`

/** The names that mailrun owns in a domain, and nothing else. */
const leastPrivilege = (domain: string): readonly string[] => [
  `wildcard *._domainkey.${domain}. TXT`,
  ...['_dmarc', '_mta-sts', '_smtp._tls'].map((label) => `name ${label}.${domain}. TXT`),
]

/**
 * Authoritative, and takes dynamic updates: with the key `lab.` of anything, with `mailrun.` of mail's names, with the
 * session key of `nsupdate -l`.
 */
export function primaryConf(subnet: string): string {
  const policies = (zone: string): readonly string[] => [
    'grant lab. zonesub ANY',
    'grant local-ddns zonesub ANY',
    ...(SENDER_DOMAINS.some((each) => each === zone)
      ? leastPrivilege(zone).map((names) => `grant mailrun. ${names}`)
      : []),
  ]
  const zones = zoneNames(subnet).map(
    (zone) => `zone "${zone}" {
  type primary;
  file "${zoneFile(zone)}";
  update-policy { ${policies(zone)
    .map((policy) => `${policy};`)
    .join(' ')} };
};
`,
  )
  return `include "${KEYS_PATH}";
${options([
  'recursion no',
  'notify explicit',
  `also-notify { ${subnet}.${NUMBERS.ns2}; }`,
  'notify-delay 0',
  'serial-update-method unixtime',
  `allow-transfer { key lab.; ${subnet}.${NUMBERS.ns2}; }`,
])}${zones.join('')}`
}

/** Authoritative with what the primary sends it. */
export function secondaryConf(subnet: string): string {
  const zones = zoneNames(subnet).map(
    (zone) => `zone "${zone}" { type secondary; file "${zoneFile(zone)}"; primaries { ns1; }; };\n`,
  )
  const own = options([
    'recursion no',
    'notify no',
    'allow-transfer { key lab.; }',
    'min-retry-time 1',
    'max-retry-time 5',
  ])
  return `include "${KEYS_PATH}";
include "${PRIMARIES_PATH}";
${own}${zones.join('')}`
}

/** Recursive from the private root on, with a cache; authoritative for nothing. */
export function resolverConf(): string {
  const own = options([
    'recursion yes',
    'allow-recursion { any; }',
    'allow-query-cache { any; }',
    'servfail-ttl 0',
    'prefetch 0',
  ])
  return `${own}zone "." { type hint; file "${HINTS_PATH}"; };\n`
}

export function hintsText(subnet: string): string {
  const hints = (['ns1', 'ns2'] as const).flatMap((name) => [
    `. ${TTL} NS ${name}.${DOMAIN}.\n`,
    `${name}.${DOMAIN}. ${TTL} A ${subnet}.${NUMBERS[name]}\n`,
    `${name}.${DOMAIN}. ${TTL} AAAA ${ipv6(subnet, NUMBERS[name])}\n`,
  ])
  return hints.join('')
}

/**
 * `empty-zones-enable`: else BIND would answer itself for the lab's reverse zones. Nothing is signed here, so nothing
 * is validated.
 */
function options(further: readonly string[]): string {
  const all = [
    'directory "/var/cache/bind"',
    'listen-on { any; }',
    'listen-on-v6 { any; }',
    'allow-query { any; }',
    'dnssec-validation no',
    'empty-zones-enable no',
    ...further,
  ]
  return `options {\n${all.map((line) => `  ${line};\n`).join('')}};\n`
}
