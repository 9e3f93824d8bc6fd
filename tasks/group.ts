// Task `group`: a group exists, or does not exist.
import { flag, number, oneOf, required, text } from '../src/core/task/argument.ts'
import { defineTask } from '../src/core/task/define-task.ts'
import type { GroupFact } from '../src/core/task/fact.ts'
import { change, ok } from '../src/core/task/plan.ts'
import { UNKNOWN } from '../src/core/unknown.ts'
import { groupProbe } from '../src/resources/accounts/accounts-probe.ts'
import { raw } from '../src/shell/script.ts'
import { sh } from '../src/shell/sh.ts'

export interface GroupArgs {
  readonly group: string
  readonly gid?: number
  /** With a number below 1000; only for a group that is made. */
  readonly system?: boolean
  readonly state?: 'present' | 'absent'
}

/**
 * groupadd(8), groupmod(8), groupdel(8).
 *
 * @ansible group
 */
export const group = defineTask<GroupArgs, GroupFact>({
  type: 'group',
  name: ({ group }) => group,
  arguments: {
    group: required(text),
    gid: number,
    system: flag,
    state: oneOf('present', 'absent'),
  },
  check: ({ group, gid }) =>
    (/^[a-z_][a-z0-9_-]{0,31}$/.test(group) ? undefined : `group must be a group name, got ${JSON.stringify(group)}`) ??
    (gid === undefined || (Number.isInteger(gid) && gid >= 0) ? undefined : `gid must be a number, got ${gid}`),
  probe: ({ group }) => groupProbe(group),
  plan({ group, gid, system, state }, now) {
    if (state === 'absent')
      return now.kind === 'absent'
        ? ok
        : change([{ summary: 'remove', apply: sh`groupdel -- ${group}` }], { kind: 'absent' })
    if (now.kind === 'absent') {
      const options = sh`${system ? raw('-r ') : raw('')}${gid === undefined ? raw('') : sh`-g ${gid} `}`
      return change([{ summary: 'create', apply: sh`groupadd ${options}-- ${group}` }], {
        kind: 'group',
        gid: gid ?? UNKNOWN,
      })
    }
    if (gid === undefined || now.gid === gid) return ok
    return change([{ summary: `gid ${String(now.gid)} → ${gid}`, apply: sh`groupmod -g ${gid} -- ${group}` }], {
      kind: 'group',
      gid,
    })
  },
  writes: ({ group }) => [`group:${group}`],
  owns: ({ group }) => [`group:${group}`],
  examples: [
    { title: 'A group', args: { group: 'vmail', gid: 5000 } },
    { title: 'No group', args: { group: 'oldmail', state: 'absent' }, given: 'groupadd -f oldmail' },
  ],
})
