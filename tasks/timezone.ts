// Task `timezone`: the host has its time zone.
import { pathProbe, type PathState } from '../src/resources/files/path.ts'
import { putLink } from '../src/resources/files/program/files.ts'
import { putContent } from '../src/resources/files/put-content.ts'
import { required, text } from '../src/core/task/argument.ts'
import type { Change } from '../src/core/task/change.ts'
import { defineTask } from '../src/core/task/define-task.ts'
import { joinProbes } from '../src/core/probe/join-probes.ts'
import { blocked, change } from '../src/core/task/plan.ts'

export interface TimezoneArgs {
  /** As tzdata names it: `Europe/Berlin`, `UTC`. */
  readonly timezone: string
}

export interface TimezoneState {
  /** /etc/localtime, which libraries read. */
  readonly link: PathState
  /** /etc/timezone, which Debian's programs read where it is there. */
  readonly name: PathState
  /** The zone itself, in /usr/share/zoneinfo. */
  readonly zone: PathState
}

const LINK = '/etc/localtime'
const NAME = '/etc/timezone'

/**
 * localtime(5); /etc/timezone too, where it is there. Programs that run go on in the zone in which they were started.
 *
 * @ansible timezone
 */
export const timezone = defineTask<TimezoneArgs, TimezoneState>({
  type: 'timezone',
  name: ({ timezone }) => timezone,
  arguments: {
    timezone: required(text),
  },
  check: ({ timezone }) =>
    /^[A-Za-z][\w+-]{0,30}(?:\/[\w+-]{1,30}){0,2}$/.test(timezone)
      ? undefined
      : `timezone must be such as Europe/Berlin, got ${JSON.stringify(timezone)}`,
  probe: ({ timezone }) =>
    joinProbes<PathState, PathState, TimezoneState>(
      pathProbe({ path: LINK, wanted: 'nothing' }),
      [pathProbe({ path: NAME, wanted: 'shown' }), pathProbe({ path: zoneOf(timezone), wanted: 'nothing' })],
      (link, [name, zone]) => ({ link, name: name!, zone: zone! }),
      ({ link, name, zone }) => [link, [name, zone]],
    ),
  plan({ timezone }, { link, name, zone }) {
    if (zone.is.kind === 'absent' || zone.is.kind === 'directory')
      return blocked(`there is no ${zoneOf(timezone)}: install tzdata with apt, or look how the zone is written`)
    if (link.is.kind === 'directory') return blocked(`${LINK} is a directory`)
    const target = zoneOf(timezone)
    const links: readonly Change[] =
      link.is.kind === 'symlink' && isSame(link.is.target, target)
        ? []
        : [{ summary: `${LINK} leads to ${target}`, apply: putLink(LINK, target) }]
    const content = Buffer.from(`${timezone}\n`)
    const named =
      name.is.kind === 'absent' ? undefined : putContent({ path: NAME, content, wanted: 'shown', secret: false }, name)
    if (named?.kind === 'blocked') return named
    const writes = named?.kind === 'change' ? named.changes.map((each) => ({ ...each, summary: NAME })) : []
    return change([...links, ...writes], {
      link: links.length === 0 ? link : { ...link, is: { kind: 'symlink', target } },
      name: named?.kind === 'change' ? named.then : name,
      zone,
    })
  },
  writes: () => [`path:${LINK}`, `path:${NAME}`],
  owns: () => [`content:${LINK}`, `content:${NAME}`],
  examples: [
    {
      title: 'The time of Berlin',
      args: { timezone: 'Europe/Berlin' },
      given: `
mkdir -p /usr/share/zoneinfo/Europe
[ -e /usr/share/zoneinfo/Europe/Berlin ] || printf TZif2 > /usr/share/zoneinfo/Europe/Berlin
ln -sfn /usr/share/zoneinfo/Etc/UTC /etc/localtime
echo Etc/UTC > /etc/timezone`,
    },
  ],
})

const zoneOf = (timezone: string): string => `/usr/share/zoneinfo/${timezone}`

/** timedatectl(1) writes the link relative to /etc. */
const isSame = (target: unknown, wanted: string): boolean => target === wanted || target === `..${wanted}`
