// Audit rules about access to OpenDKIM's private keys: the daemon must be able to read them, others must not.
import { rule } from '../../../findings/rule.ts'
import { DAEMON, KEY_GROUP } from '../keys/key-group.ts'
import { keyOutOfReach } from '../keys/key-reach.ts'
import type { OpendkimMailSetup } from '../setup/mail-setup-answer.ts'
import { ancestorsOf } from '../../keys/signing.ts'
import type { Untrusted } from '../../../shell/untrusted.ts'
import { soundKeyFiles } from './key-files.ts'
import { attributesOf, isOn, settingOf } from './setup.ts'

/** What a key's file is to be like, and is. */
const accessTo = (setup: OpendkimMailSetup, path: Untrusted) => ({
  expected: setup.user === DAEMON ? `root:${KEY_GROUP} 0640` : `${setup.user}:${setup.user} 0600`,
  found: attributesOf(setup, path),
})

export const keyUnreadable = rule({
  id: 'key-unreadable',
  check: 'setup',
  severity: 'error',
  means: 'The daemon cannot read the private key: all mail of the domain is deferred (451).',
  remedy: 'root:opendkim-keys 0640, a daemon that was started in this group, and directories that it may ' + 'enter',
  find: (setup: OpendkimMailSetup) =>
    soundKeyFiles(setup)
      .filter(({ key }) => key.state === 'unreadable')
      .map(({ key: { path }, subject }) => {
        const reach = reachOf(setup, path)
        return {
          subject,
          message: `the user ${setup.user} cannot read ${path}${reach === undefined ? '' : `: ${reach}`}`,
          ...accessTo(setup, path),
        }
      }),
})

export const keyUnsafe = rule({
  id: 'key-unsafe',
  check: 'setup',
  severity: 'error',
  means:
    'Others can read or replace the private key: OpenDKIM refuses it, and all mail of the domain is deferred (451).',
  remedy:
    'root:opendkim-keys 0640, nobody but the daemon in this group, and directories that only their ' +
    'owner may write to',
  find(setup: OpendkimMailSetup) {
    if (!isOn(settingOf(setup, 'requiresafekeys')?.value ?? 'yes')) return []
    return soundKeyFiles(setup)
      .filter(({ key }) => key.state !== 'unreadable')
      .flatMap(({ key: { path }, subject }) => {
        const unsafe = unsafeness(setup, path) ?? reachOf(setup, path)
        return unsafe === undefined ? [] : [{ subject, message: `${path}: ${unsafe}`, ...accessTo(setup, path) }]
      })
  },
})

/** Of the directories above; known for the user opendkim alone. */
function reachOf(setup: OpendkimMailSetup, path: Untrusted): string | undefined {
  if (setup.user !== DAEMON) return undefined
  const above = ancestorsOf(path)
  const directories = above.flatMap((each) => {
    const is = setup.paths[each]
    return is?.type === 'd' ? [{ path: each, owner: is.owner, group: is.group, mode: is.mode }] : []
  })
  return keyOutOfReach(
    above.filter((each) => setup.paths[each]?.type !== 'l'),
    directories,
    setup.groups,
  )
}

/** How many members of a group a message names: a group of a directory service may have thousands. */
const NAMED_AT_MOST = 5

/** opendkim(8), FILE PERMISSIONS. */
function unsafeness({ paths, members, user }: OpendkimMailSetup, path: Untrusted): string | undefined {
  const is = paths[path]
  if (is === undefined || is.type === 'l') return undefined
  const [, group = 0, others = 0] = Array.from(is.mode.slice(-3), Number)
  if ((others & 6) !== 0) return `others can read or write it (${is.mode})`
  const all = members[is.group] ?? []
  // Enough for the user, root, and one more than are named.
  const among = all.slice(0, NAMED_AT_MOST + 3).filter((name) => name !== user && name !== 'root')
  if ((group & 6) !== 0 && among.length > 0) {
    const others = among.length > NAMED_AT_MOST ? ' and others' : ''
    const whoIs = `${among.slice(0, NAMED_AT_MOST).join(', ')}${others} ${among.length === 1 ? 'is' : 'are'}`
    return `its group ${is.group}, which ${whoIs} in, can read or write it (${is.mode})`
  }
  return user === 'root' || is.owner === user || is.owner === 'root' ? undefined : `it belongs to ${is.owner}`
}
