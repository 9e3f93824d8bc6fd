// Task `dkimGroup`: the group through which OpenDKIM reads keys and tables that belong to root.
import { DAEMON, KEY_GROUP } from '../src/signers/opendkim/keys/key-group.ts'
import { defineTask } from '../src/core/task/define-task.ts'
import { fact } from '../src/core/task/fact.ts'
import { blocked, change } from '../src/core/task/plan.ts'
import { UNKNOWN } from '../src/core/unknown.ts'
import { keyOwnersProbe, type KeyOwners } from '../src/signers/opendkim/keys/key-owners-probe.ts'
import { sh } from '../src/shell/sh.ts'

export type DkimGroupArgs = Readonly<Record<never, never>>

/**
 * The system group `opendkim-keys`, with the user opendkim in it and nobody else. It goes before `dkimKey`, whose keys
 * are root's and this group's; a daemon that runs is in it once the task `opendkim` has restarted it.
 */
export const dkimGroup = defineTask<DkimGroupArgs, KeyOwners>({
  type: 'dkimGroup',
  name: () => KEY_GROUP,
  arguments: {},
  probe: () => keyOwnersProbe([]),
  plan(_, now) {
    const others = (now.group ?? []).filter((name) => name !== DAEMON)
    if (!now.user)
      return blocked(`there is no user ${DAEMON} in /etc/passwd: install the package opendkim with apt first`)
    if (others.length > 0)
      return blocked(
        `the group ${KEY_GROUP} has ${others.join(', ')} in it, and OpenDKIM refuses keys that others can read ` +
          `(451 on all mail): take them out (gpasswd -d NAME ${KEY_GROUP}), or give them another primary group`,
      )
    const joined = now.group?.includes(DAEMON) === true
    const then: KeyOwners = { ...now, group: [DAEMON] }
    return change(
      [
        ...(now.group === undefined ? [{ summary: 'create', apply: sh`groupadd -r -- ${KEY_GROUP}` }] : []),
        ...(joined ? [] : [{ summary: `${DAEMON} joins`, apply: sh`usermod -aG ${KEY_GROUP} -- ${DAEMON}` }]),
      ],
      then,
      [
        ...(now.group === undefined ? [fact('group', KEY_GROUP, { kind: 'group', gid: UNKNOWN })] : []),
        fact('user', DAEMON, {
          kind: 'user',
          uid: UNKNOWN,
          group: UNKNOWN,
          groups: [KEY_GROUP],
          home: UNKNOWN,
          shell: UNKNOWN,
          comment: UNKNOWN,
          locked: UNKNOWN,
        }),
      ],
    )
  },
  writes: () => [`group:${KEY_GROUP}`, `user:${DAEMON}`],
  owns: () => [`group:${KEY_GROUP}`],
  examples: [
    {
      title: 'The group of the keys',
      beside: 'packages',
      args: {},
      given: `
apt-get -qq update
DEBIAN_FRONTEND=noninteractive apt-get -qqy install opendkim openssl >/dev/null 2>&1`,
    },
  ],
})
