// Audit rules about the settings in opendkim.conf.
import type { FindingDetails } from '../../../findings/finding.ts'
import { foundIf, rule } from '../../../findings/rule.ts'
import type { OpendkimMailSetup } from '../setup/mail-setup-answer.ts'
import { groupedBy } from '../../../text/grouped-by.ts'
import { PARAMETER_TWICE } from '../../parameter-twice.ts'
import { isInstalled, isOn, placeOf, settingOf, valueOf } from './setup.ts'

const givenValue = (setup: OpendkimMailSetup, name: string): string => settingOf(setup, name)?.value ?? ''
const modeOf = (setup: OpendkimMailSetup): string => valueOf(setup, 'mode', 'b') ?? 'sv'

/** What is looked at only where OpenDKIM is installed. */
const whereInstalled = (find: (setup: OpendkimMailSetup) => readonly FindingDetails[]) => (setup: OpendkimMailSetup) =>
  isInstalled(setup) ? find(setup) : []

export const settingTwice = rule({
  ...PARAMETER_TWICE,
  /** The last one counts. */
  find: whereInstalled(({ settings }) => {
    const byName = groupedBy(
      settings.filter(({ name }) => name.toLowerCase() !== 'include'),
      ({ name }) => name.toLowerCase(),
    )
    return [...byName.values()]
      .filter((those) => those.length > 1)
      .map((those) => {
        const { path, line, name } = those.at(-1)!
        return {
          subject: { path, line, about: name },
          message: `${name} is set in ${those.map((each) => `${each.path}:${each.line}`).join(' and ')}`,
          expected: 'one line',
          found: `${those.length} lines`,
        }
      })
  }),
})

export const opendkimMode = rule({
  id: 'opendkim-mode',
  check: 'setup',
  severity: 'error',
  means: 'Mode has no s: OpenDKIM only verifies mail, and signs nothing.',
  remedy: 'Mode sv, or Mode s if no mail comes in',
  find: whereInstalled((setup) => {
    const mode = modeOf(setup)
    return foundIf(!mode.includes('s'), {
      subject: placeOf(setup, 'mode'),
      message: `Mode ${mode} signs nothing`,
      expected: 'Mode sv',
      found: `Mode ${mode}`,
    })
  }),
})

export const sha1Signatures = rule({
  id: 'sha1-signatures',
  check: 'setup',
  severity: 'error',
  means: 'Mail is signed with rsa-sha1, which verifiers must not accept (RFC 8301).',
  remedy: 'SignatureAlgorithm rsa-sha256',
  find: whereInstalled((setup) => {
    const algorithm = givenValue(setup, 'signaturealgorithm').toLowerCase()
    return foundIf(algorithm === 'rsa-sha1', {
      subject: placeOf(setup, 'signaturealgorithm'),
      message: 'mail is signed with rsa-sha1',
      expected: 'rsa-sha256',
      found: algorithm,
    })
  }),
})

export const ed25519Signatures = rule({
  id: 'ed25519-signatures',
  check: 'setup',
  severity: 'warning',
  means:
    'All mail is signed only with Ed25519, which many verifiers do not know (RFC 8463 recommends an ' +
    'RSA signature beside it).',
  remedy: 'SignatureAlgorithm rsa-sha256, with RSA keys',
  find: whereInstalled((setup) => {
    const algorithm = givenValue(setup, 'signaturealgorithm').toLowerCase()
    return foundIf(algorithm === 'ed25519-sha256', {
      subject: placeOf(setup, 'signaturealgorithm'),
      message: 'all mail is signed with ed25519-sha256',
      expected: 'rsa-sha256',
      found: algorithm,
    })
  }),
})

export const simpleHeader = rule({
  id: 'simple-header',
  check: 'setup',
  severity: 'note',
  means: 'The header is signed byte by byte: a relay that folds a line breaks the signature.',
  remedy: 'Canonicalization relaxed/simple',
  find: whereInstalled((setup) => {
    const canonicalization = givenValue(setup, 'canonicalization')
    return foundIf(!/^relaxed/i.test(canonicalization), {
      subject: placeOf(setup, 'canonicalization'),
      message: 'the header is signed byte by byte',
      expected: 'Canonicalization relaxed/simple',
      found: canonicalization || 'simple/simple, where it is not set',
    })
  }),
})

export const fromNotOversigned = rule({
  id: 'from-not-oversigned',
  check: 'setup',
  severity: 'note',
  means: 'Somebody can add a second From field to signed mail, and the signature stays valid.',
  remedy: 'OversignHeaders From',
  find: whereInstalled((setup) =>
    foundIf(!/\bfrom\b/i.test(givenValue(setup, 'oversignheaders')), {
      subject: placeOf(setup, 'oversignheaders'),
      message: 'From is not oversigned',
      expected: 'OversignHeaders From',
    }),
  ),
})

export const trustAnchor = rule({
  id: 'trust-anchor',
  check: 'setup',
  severity: 'note',
  means:
    "TrustAnchorFile makes OpenDKIM check DNSSEC from the internet's root. Its lookups time out if " +
    'the network has a DNS of its own (a lab, split DNS), because it does not read resolv.conf.',
  remedy: 'remove TrustAnchorFile if Nameservers names resolvers of your own',
  /** Of no account where nothing is verified. */
  find: whereInstalled((setup) => {
    const [anchors, resolvers] = [givenValue(setup, 'trustanchorfile'), givenValue(setup, 'nameservers')]
    const withResolvers = resolvers === '' ? '' : `, with Nameservers ${resolvers}`
    return foundIf(anchors !== '' && modeOf(setup).includes('v'), {
      subject: placeOf(setup, 'trustanchorfile'),
      message: `TrustAnchorFile is set${withResolvers}: in a network with a DNS of its own, lookups time out`,
      found: anchors,
    })
  }),
})

export const safeKeysOff = rule({
  id: 'safe-keys-off',
  check: 'setup',
  severity: 'warning',
  means: 'RequireSafeKeys is off: OpenDKIM uses keys that others can read or replace, without a message.',
  remedy: 'RequireSafeKeys yes, and keys root:opendkim-keys 0640',
  find: whereInstalled((setup) => {
    const safe = settingOf(setup, 'requiresafekeys')
    return foundIf(safe !== undefined && !isOn(safe.value), {
      subject: placeOf(setup, 'requiresafekeys'),
      message: 'RequireSafeKeys is off',
      found: safe?.value,
    })
  }),
})
