// Audit rules about whose mail OpenDKIM signs: its lists of trusted hosts, and who is in its group.
import type { FindingDetails } from '../../../findings/finding.ts'
import { foundIf, rule } from '../../../findings/rule.ts'
import { TRUSTED_HOSTS } from '../setup/opendkim.ts'
import type { OpendkimMailSetup, OpendkimTable } from '../setup/mail-setup-answer.ts'
import { parseNetwork } from '../../../mail/records/spf/network.ts'
import type { Untrusted } from '../../../shell/untrusted.ts'
import { isInstalled, placeOf, rowPlace, tableOf } from './setup.ts'

const SETTINGS = {
  internalhosts: 'InternalHosts',
  externalignorelist: 'ExternalIgnoreList',
  peerlist: 'PeerList',
} as const

interface HostList {
  readonly table: OpendkimTable
  /** Of the setting. */
  readonly name: string
}

/** Lists of hosts that are read as patterns. */
const patternLists = (setup: OpendkimMailSetup): readonly HostList[] =>
  isInstalled(setup)
    ? (['internalhosts', 'externalignorelist', 'peerlist'] as const).flatMap((name) => {
        const table = tableOf(setup, name)
        return table?.kind === 'refile' ? [{ table, name: SETTINGS[name] }] : []
      })
    : []

export const refileHosts = rule({
  id: 'refile-hosts',
  check: 'setup',
  severity: 'warning',
  means:
    'A list of hosts is read as patterns (refile:). A pattern cannot match a network, so it seldom ' +
    'matches what was meant.',
  remedy: `use a plain file: InternalHosts ${TRUSTED_HOSTS}`,
  find: (setup: OpendkimMailSetup) =>
    patternLists(setup).map(({ table, name }) => ({
      subject: { ...placeOf(setup, table.name), about: name },
      message: `${name} is read as patterns`,
      expected: `${name} ${table.path}`,
      found: `${name} refile:${table.path}`,
      remedy: `use a plain file: ${name} ${table.path}`,
    })),
})

export const refileHostsPattern = rule({
  id: 'refile-hosts-pattern',
  check: 'setup',
  severity: 'error',
  means:
    'An entry of a list of hosts is a pattern: 10.* matches the name 10.evil.example, [::1] matches ' +
    'a host with the name 1, and a network matches nothing. Anybody who gives a host such a name can ' +
    'have mail signed.',
  remedy: 'a plain file, with networks in the form 10.0.0.0/8',
  find: (setup: OpendkimMailSetup) =>
    patternLists(setup).flatMap(({ table, name }): readonly FindingDetails[] =>
      // ExternalIgnoreList only silences a line of the log.
      table.name === 'externalignorelist'
        ? []
        : table.rows
            .filter(({ text }) => /[*?[\](){}|^$\\/]/.test(text))
            .map(({ line, text }) => ({
              subject: { ...rowPlace(setup, table, line), about: name },
              message: `${text} is a pattern in ${name}, and does not match what it seems to`,
              found: text,
            })),
    ),
})

/** As the lint of SPF has it: more than an /8, or a /19 of IPv6. */
const isWide = (text: Untrusted): boolean => {
  const network = parseNetwork(text.replace(/^\[(.*)\]/, '$1'))
  return network !== undefined && network.prefix < (network.family === 4 ? 8 : 19)
}

export const trustedWide = rule({
  id: 'trusted-wide',
  check: 'setup',
  severity: 'error',
  means: 'InternalHosts contains a large part of the internet: every client in it can have forged mail ' + 'signed.',
  remedy: 'list only your own networks',
  find(setup: OpendkimMailSetup) {
    const table = isInstalled(setup) ? tableOf(setup, 'internalhosts') : undefined
    return (table?.rows ?? [])
      .filter(({ text }) => isWide(text))
      .map(({ line, text }) => ({
        subject: rowPlace(setup, table!, line),
        message: `InternalHosts has ${text}`,
        found: text,
      }))
  },
})

export const postfixInGroup = rule({
  id: 'postfix-in-group',
  check: 'setup',
  severity: 'warning',
  means:
    'Other users are in the group of the daemon: OpenDKIM refuses a key that the group can read, and ' +
    'all mail is deferred (451).',
  remedy: "give the socket's directory to the group postfix (2750), and remove these users from the group",
  find(setup: OpendkimMailSetup) {
    const { members, user } = setup
    const others = user === 'root' || user === '' ? [] : (members[user] ?? []).filter((name) => name !== user)
    return foundIf(isInstalled(setup) && others.length > 0, {
      subject: { path: '/etc/group' },
      message: `${others.join(', ')} ${others.length === 1 ? 'is' : 'are'} in the group ${user}`,
      expected: `nobody beside ${user}`,
      found: others.join(', '),
    })
  },
})
