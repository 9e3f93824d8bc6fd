// Lint: the settings of opendkim.conf.
import type { MailSetup } from '../../model/mail-setup.ts'
import { groupedBy } from '../../text/grouped-by.ts'
import { faultIf, type Fault } from '../fault.ts'
import { isOn, placeOf, settingOf, valueOf } from '../opendkim-setup.ts'

export const configurationFaults = (setup: MailSetup): readonly Fault[] => [
  ...refusals(setup),
  ...settingsTwice(setup),
  ...processFaults(setup),
  ...signatureFaults(setup),
  ...trustAnchors(setup),
  ...unsafeKeys(setup),
]

const givenValue = (setup: MailSetup, name: string): string => settingOf(setup, name)?.value ?? ''
const modeOf = (setup: MailSetup): string => valueOf(setup, 'mode', 'b') ?? 'sv'

/** `opendkim: /etc/opendkim.conf: configuration error at line 56: unrecognized parameter` */
function refusals({ refused, tables, configuration: { path }, settings, refusals: why }: MailSetup): readonly Fault[] {
  // A missing table is told by itself.
  if (refused === undefined || tables.some(({ state }) => state === 'absent')) return []
  const line = Number(/ at line (\d+)/.exec(refused)?.[1] ?? 0)
  const isThere = (each: { readonly path: string; readonly line: number }): boolean =>
    each.path === path && each.line === line
  const found = settings.find(isThere)?.name ?? why?.find(isThere)?.what
  return [
    {
      id: 'opendkim-refused',
      subject: { path, ...(line > 0 ? { line } : {}) },
      message: `opendkim -n refuses the configuration: ${refused || 'it says nothing'}`,
      ...(found === undefined ? {} : { found }),
    },
  ]
}

/** The last one counts. */
function settingsTwice({ settings }: MailSetup): readonly Fault[] {
  const byName = groupedBy(
    settings.filter(({ name }) => name.toLowerCase() !== 'include'),
    ({ name }) => name.toLowerCase(),
  )
  return [...byName.values()]
    .filter((those) => those.length > 1)
    .map((those): Fault => {
      const { path, line, name } = those.at(-1)!
      return {
        id: 'parameter-twice',
        subject: { path, line, about: name },
        message: `${name} is set in ${those.map((each) => `${each.path}:${each.line}`).join(' and ')}`,
        expected: 'one line',
        found: `${those.length} lines`,
      }
    })
}

/** How the daemon runs: its process id, its user, its mode. */
function processFaults(setup: MailSetup): readonly Fault[] {
  const { unit, user } = setup
  const awaitsPidFile = unit['Type'] === 'forking' && (unit['PIDFile'] ?? '') !== ''
  const mode = modeOf(setup)
  return [
    ...faultIf(awaitsPidFile && valueOf(setup, 'pidfile', 'P') === undefined, {
      id: 'pid-file-missing',
      subject: placeOf(setup, 'pidfile'),
      message: 'PidFile is not set, and systemd waits for the file',
      expected: `PidFile ${unit['PIDFile']}`,
    }),
    ...faultIf(user === 'root', {
      id: 'opendkim-root',
      subject: placeOf(setup, 'userid'),
      message: 'OpenDKIM runs as root',
      expected: 'UserID opendkim',
    }),
    ...faultIf(!mode.includes('s'), {
      id: 'opendkim-mode',
      subject: placeOf(setup, 'mode'),
      message: `Mode ${mode} signs nothing`,
      expected: 'Mode sv',
      found: `Mode ${mode}`,
    }),
  ]
}

/** What signatures are made with, and what they cover. */
function signatureFaults(setup: MailSetup): readonly Fault[] {
  const algorithm = givenValue(setup, 'signaturealgorithm').toLowerCase()
  const canonicalization = givenValue(setup, 'canonicalization')
  return [
    ...faultIf(algorithm === 'rsa-sha1', {
      id: 'sha1-signatures',
      subject: placeOf(setup, 'signaturealgorithm'),
      message: 'mail is signed with rsa-sha1',
      expected: 'rsa-sha256',
      found: algorithm,
    }),
    ...faultIf(algorithm === 'ed25519-sha256', {
      id: 'ed25519-signatures',
      subject: placeOf(setup, 'signaturealgorithm'),
      message: 'all mail is signed with ed25519-sha256',
      expected: 'rsa-sha256',
      found: algorithm,
    }),
    ...faultIf(!/^relaxed/i.test(canonicalization), {
      id: 'simple-header',
      subject: placeOf(setup, 'canonicalization'),
      message: 'the header is signed as it is to the byte',
      expected: 'Canonicalization relaxed/simple',
      found: canonicalization || 'simple/simple, where it is not set',
    }),
    ...faultIf(!/\bfrom\b/i.test(givenValue(setup, 'oversignheaders')), {
      id: 'from-not-oversigned',
      subject: placeOf(setup, 'oversignheaders'),
      message: 'From is not oversigned',
      expected: 'OversignHeaders From',
    }),
  ]
}

/** Of no account where nothing is verified. */
function trustAnchors(setup: MailSetup): readonly Fault[] {
  const [anchors, resolvers] = [givenValue(setup, 'trustanchorfile'), givenValue(setup, 'nameservers')]
  const withResolvers = resolvers === '' ? '' : `, with Nameservers ${resolvers}`
  return faultIf(anchors !== '' && modeOf(setup).includes('v'), {
    id: 'trust-anchor',
    subject: placeOf(setup, 'trustanchorfile'),
    message: `TrustAnchorFile is set${withResolvers}: where DNS is not the internet's, lookups time out`,
    found: anchors,
  })
}

function unsafeKeys(setup: MailSetup): readonly Fault[] {
  const safe = settingOf(setup, 'requiresafekeys')
  if (safe === undefined || isOn(safe.value)) return []
  return [
    {
      id: 'safe-keys-off',
      subject: placeOf(setup, 'requiresafekeys'),
      message: 'RequireSafeKeys is off',
      found: safe.value,
    },
  ]
}
