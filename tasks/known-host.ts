// Task `knownHost`: ssh(1) on this host, for all users or one, trusts the key of another host.
import { createHmac } from 'node:crypto'
import { checkSshKey, exampleBlob, sshKey } from '../src/resources/accounts/ssh-key.ts'
import { checkPath } from '../src/resources/files/check-path.ts'
import { editContent } from '../src/resources/files/edit-content.ts'
import { pathProbe, type PathState } from '../src/resources/files/path.ts'
import { oneOf, required, text } from '../src/core/task/argument.ts'
import { defineTask } from '../src/core/task/define-task.ts'
import type { Untrusted } from '../src/shell/untrusted.ts'

interface KnownHostCommon {
  /** A name or an address, as one gives it to ssh(1); `[name]:port` for another port than 22. */
  readonly host: string
  /** Left out: `/etc/ssh/ssh_known_hosts`, which counts for all users. Its directory must be there. */
  readonly path?: string
  /** Of a file in a user's home: whose it is. Left out: a new file is root's, one that is there stays as it is. */
  readonly owner?: string
}

export type KnownHostArgs = KnownHostCommon &
  (
    | {
        /** As `ssh-keyscan` prints it, without the host: `ssh-ed25519 AAAA…`. Another of its type is replaced. */
        readonly key: string
        readonly state?: 'present'
      }
    /** No key of it; with `key`, none of that type. */
    | { readonly key?: string; readonly state: 'absent' }
  )

/**
 * A line of known_hosts (sshd(8)). Lines whose host is hashed are found, too; lines of several hosts lose this one
 * where its key is another.
 *
 * @ansible known_hosts
 */
export const knownHost = defineTask<KnownHostArgs, PathState>({
  type: 'knownHost',
  name: ({ host }) => host,
  arguments: {
    host: required(text),
    path: text,
    owner: text,
    key: text,
    state: oneOf('present', 'absent'),
  },
  check: (args) =>
    (/^(?:[\w.:-]{1,255}|\[[\w.:-]{1,255}\]:\d{1,5})$/.test(args.host)
      ? undefined
      : `host must be a name, an address or [name]:port, got ${JSON.stringify(args.host)}`) ??
    (args.path === undefined ? undefined : checkPath('path', args.path)) ??
    (args.key === undefined ? undefined : checkSshKey('key', args.key)) ??
    (args.owner === undefined || /^[A-Za-z_][\w.-]{0,63}$/.test(args.owner)
      ? undefined
      : `owner must be the name of a user, got ${JSON.stringify(args.owner)}`) ??
    (args.key === undefined && args.state !== 'absent' ? 'key is wanted' : undefined),
  probe: (args) => pathProbe({ path: pathOf(args), wanted: 'needed', owner: args.owner }),
  plan: (args, now) =>
    editContent(
      {
        path: pathOf(args),
        owner: args.owner,
        group: undefined,
        mode: undefined,
        create: true,
        needed: args.state !== 'absent',
        validate: undefined,
        backup: false,
        edit: (before) => edited(before, args),
      },
      now,
    ),
  writes: (args) => [`path:${pathOf(args)}`],
  owns: (args) => [
    `content:${pathOf(args)}#host:${args.host}:${args.key === undefined ? '' : (sshKey(args.key)?.type ?? '')}`,
  ],
  examples: [
    {
      title: 'Where backups go, for all users',
      args: { host: 'backup.example.org', key: `ssh-ed25519 ${exampleBlob(1)}` },
      given: 'mkdir -p /etc/ssh',
    },
    {
      title: 'Another key than was known, on a port of its own, in a file of a user',
      args: {
        host: '[git.example.org]:2222',
        key: `ssh-ed25519 ${exampleBlob(2)}`,
        path: '/var/mail/known_hosts',
        owner: 'mail',
      },
      given: `
printf '[git.example.org]:2222,other ssh-ed25519 ${exampleBlob(1)}\\n' > /var/mail/known_hosts
chown mail /var/mail/known_hosts`,
    },
    {
      title: 'No key of it',
      args: { host: 'old.example.org', state: 'absent', path: '/srv/known_hosts' },
      given: "printf 'old.example.org ssh-rsa AAAA\\n# a remark\\n' > /srv/known_hosts",
    },
  ],
})

const pathOf = ({ path }: KnownHostCommon): string => path ?? '/etc/ssh/ssh_known_hosts'

function edited(before: Untrusted, { host, key, state }: KnownHostArgs): string {
  const wanted = key === undefined ? undefined : sshKey(key)
  const lines = (before === '' ? [] : before.replace(/\n$/, '').split('\n')).map((line) => {
    const words = line.trim().split(/[ \t]+/)
    const [hosts = '', type = '', blob = ''] = words
    const isMarked = hosts.startsWith('#') || hosts.startsWith('@')
    const isOfType = wanted === undefined || type === wanted.type
    const isMeant = !isMarked && isOfType && namesHost(hosts, host)
    return { line, words, isMeant, isWanted: isMeant && blob === wanted?.blob }
  })
  const kept = state === 'absent' ? -1 : lines.findIndex(({ isWanted }) => isWanted)
  const after = lines.flatMap(({ line, words, isMeant }, index) => {
    if (!isMeant || index === kept) return [line]
    const others = words[0]!.split(',').filter((each) => !namesHost(each, host))
    return others.length === 0 ? [] : [[others.join(','), ...words.slice(1)].join(' ')]
  })
  const isAdded = state !== 'absent' && kept === -1 && wanted !== undefined
  return [...after, ...(isAdded ? [`${host} ${wanted.type} ${wanted.blob}`] : [])].map((line) => `${line}\n`).join('')
}

/** Literally, or hashed; patterns are others'. */
const namesHost = (hosts: Untrusted, host: string): boolean =>
  hosts.split(',').some((each) => each.toLowerCase() === host.toLowerCase() || isHashOf(each, host))

/** `|1|SALT|HASH`: HMAC-SHA1 of the name, which ssh(1) puts in lower case before. */
function isHashOf(text: Untrusted, host: string): boolean {
  const [, salt, hash] = /^\|1\|([A-Za-z0-9+/=]{8,64})\|([A-Za-z0-9+/=]{28})$/.exec(text) ?? []
  if (salt === undefined) return false
  return createHmac('sha1', Buffer.from(salt, 'base64')).update(host.toLowerCase()).digest('base64') === hash
}
