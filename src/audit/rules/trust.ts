// Lint: whose mail OpenDKIM signs without asking, and who can talk to it.
import { parseNetwork } from '../../mail/network.ts'
import type { MailSetup, OpendkimTable } from '../../model/mail-setup.ts'
import type { Fault } from '../fault.ts'
import { isInstalled, isLoopback, listening, placeOf, rowPlace, tableOf } from '../opendkim-setup.ts'
import type { Untrusted } from '../../shell/untrusted.ts'

const SETTINGS = {
  internalhosts: 'InternalHosts',
  externalignorelist: 'ExternalIgnoreList',
  peerlist: 'PeerList',
} as const

export function trustFaults(setup: MailSetup): readonly Fault[] {
  if (!isInstalled(setup)) return []
  const lists = (['internalhosts', 'externalignorelist', 'peerlist'] as const).flatMap((name) => {
    const table = tableOf(setup, name)
    return table === undefined ? [] : [{ table, name: SETTINGS[name] }]
  })
  return [
    ...lists.flatMap(({ table, name }) => (table.kind === 'refile' ? patternFaults(setup, table, name) : [])),
    ...wideFaults(setup),
    ...socketFaults(setup),
    ...groupFaults(setup),
  ]
}

function patternFaults(setup: MailSetup, table: OpendkimTable, name: string): readonly Fault[] {
  // ExternalIgnoreList only silences a line of the log.
  const grave =
    table.name === 'externalignorelist' ? [] : table.rows.filter(({ text }) => /[*?[\](){}|^$\\/]/.test(text))
  return [
    {
      id: 'refile-hosts',
      subject: { ...placeOf(setup, table.name), about: name },
      message: `${name} is read as patterns`,
      expected: `${name} ${table.path}`,
      found: `${name} refile:${table.path}`,
      remedy: `a plain file: ${name} ${table.path}`,
    },
    ...grave.map(({ line, text }): Fault => ({
      id: 'refile-hosts-pattern',
      subject: { ...rowPlace(setup, table, line), about: name },
      message: `${text} is a pattern in ${name}, and means something else than it seems to`,
      found: text,
    })),
  ]
}

/** As the lint of SPF has it: more than an /8, or a /19 of IPv6. */
const isWide = (text: Untrusted): boolean => {
  const network = parseNetwork(text.replace(/^\[(.*)\]/, '$1'))
  return network !== undefined && network.prefix < (network.family === 4 ? 8 : 19)
}

function wideFaults(setup: MailSetup): readonly Fault[] {
  const table = tableOf(setup, 'internalhosts')
  return (table?.rows ?? [])
    .filter(({ text }) => isWide(text))
    .map(({ line, text }) => ({
      id: 'trusted-wide',
      subject: rowPlace(setup, table!, line),
      message: `InternalHosts has ${text}`,
      found: text,
    }))
}

function socketFaults(setup: MailSetup): readonly Fault[] {
  const socket = listening(setup)
  const subject = placeOf(setup, 'socket')
  if (socket?.kind === 'inet') {
    const found = `inet:${socket.port}${socket.host === '' ? '' : `@${socket.host}`}`
    return isLoopback(socket.host)
      ? [
          {
            id: 'socket-any-user',
            subject,
            message: `OpenDKIM listens at ${found}, where every user of the host reaches it`,
            expected: 'local:/var/spool/postfix/opendkim/opendkim.sock',
            found,
          },
        ]
      : [
          {
            id: 'socket-open',
            subject,
            message: `OpenDKIM listens at ${found}, where the network reaches it`,
            expected: 'local:/var/spool/postfix/opendkim/opendkim.sock',
            found,
          },
        ]
  }
  if (socket === undefined) return []
  const above = socket.path
    .split('/')
    .slice(1, -1)
    .map((_, index, parts) => `/${parts.slice(0, index + 1).join('/')}`)
  const others = (path: string): number => Number(setup.paths[path]?.mode.at(-1) ?? 0)
  const open =
    setup.paths[socket.path]?.type === 's' &&
    (others(socket.path) & 2) !== 0 &&
    above.every((path) => (others(path) & 1) !== 0)
  return open
    ? [
        {
          id: 'socket-any-user',
          subject: { path: socket.path },
          message: `every user of the host can write to ${socket.path}`,
          expected: '0770',
          found: setup.paths[socket.path]!.mode,
        },
      ]
    : []
}

function groupFaults({ members, user }: MailSetup): readonly Fault[] {
  const others = user === 'root' || user === '' ? [] : (members[user] ?? []).filter((name) => name !== user)
  return others.length === 0
    ? []
    : [
        {
          id: 'postfix-in-group',
          subject: { path: '/etc/group' },
          message: `${others.join(', ')} ${others.length === 1 ? 'is' : 'are'} in the group ${user}`,
          expected: `nobody beside ${user}`,
          found: others.join(', '),
        },
      ]
}
