// Task: waits until a port is open, a path is there, or a unit runs.
import { checkPath } from '../src/resources/files/check-path.ts'
import { number, oneOf, seconds, text } from '../src/core/task/argument.ts'
import { defineTask } from '../src/core/task/define-task.ts'
import { change, ok } from '../src/core/task/plan.ts'
import { defineProbe, ProbeError } from '../src/core/probe/probe.ts'
import type { Fact, PathFact, UnitFact } from '../src/core/task/fact.ts'
import { UNITS, type Resource } from '../src/core/task/resource.ts'
import { END, whole } from '../src/core/probe/whole.ts'
import { raw, type Script } from '../src/shell/script.ts'
import { sh } from '../src/shell/sh.ts'

interface WaitCommon {
  /** Left out: `present`: the port is listened on, the path is there, the unit runs. `absent`: it is not so. */
  readonly state?: 'present' | 'absent'
  /** After this many seconds it has failed; left out: 60. */
  readonly timeoutSeconds?: number
}

export type WaitForArgs = WaitCommon &
  (
    | {
        /** A TCP port that something on the host listens on, at whatever address. Nobody connects to it. */
        readonly port: number
        readonly path?: never
        readonly unit?: never
      }
    | {
        /** A path on the host, a socket too. */
        readonly path: string
        readonly port?: never
        readonly unit?: never
      }
    | {
        /** A systemd unit, such as `postfix` or `backup.timer`. */
        readonly unit: string
        readonly port?: never
        readonly path?: never
      }
  )

/**
 * Waits on the host until something is so, and fails where it is not in time. It changes nothing by itself; what is so
 * already is not waited for. A check says that it would wait, if it is not so by then.
 *
 * @ansible wait_for
 */
export const waitFor = defineTask<WaitForArgs, boolean>({
  type: 'waitFor',
  name: (args) => `${whatOf(args)}${args.state === 'absent' ? ' is gone' : ''}`,
  arguments: {
    port: number,
    path: text,
    unit: text,
    state: oneOf('present', 'absent'),
    timeoutSeconds: seconds,
  },
  check,
  // Whether it is there: the state of the task is in its plan.
  probe: (args) =>
    defineProbe<boolean>({
      key: `wait for ${whatOf(args)}`,
      reads: readsOf(args),
      script: sh`if ${testOf(args)}; then printf yes; else printf no; fi
${raw(END)}`,
      parse(answer) {
        const reported = whole(answer, `${whatOf(args)} cannot be asked for`)
        if (reported !== 'yes' && reported !== 'no') throw new ProbeError(`${whatOf(args)} cannot be asked for`)
        return reported === 'yes'
      },
      foresee: (state, known) => foresee(args, state, known),
    }),
  plan(args, now) {
    const { state = 'present', timeoutSeconds = SECONDS } = args
    const wanted = state === 'present'
    if (now === wanted) return ok
    const test = testOf(args)
    const apply = sh`until ${wanted ? test : sh`! ${test}`}; do
  sleep 0.2
done`
    return change([{ summary: wanted ? 'wait' : 'wait until it is gone', apply, timeoutSeconds }], wanted)
  },
  writes: (args) => [`wait:${whatOf(args)}`],
  examples: [
    {
      title: 'Until Postfix takes mail',
      beside: 'services',
      args: { port: 25, timeoutSeconds: 30 },
      given: `
command -v postfix >/dev/null || {
  apt-get -qq update
  DEBIAN_FRONTEND=noninteractive apt-get -qqy install postfix >/dev/null 2>&1
}
systemctl stop postfix
systemd-run --quiet --collect --on-active=3 --timer-property=AccuracySec=100ms systemctl start postfix`,
    },
    {
      title: 'Until a socket is there',
      args: { path: "/srv/it's a.sock" },
      given: `rm -f "/srv/it's a.sock"; (sleep 3; touch "/srv/it's a.sock") >/dev/null 2>&1 &`,
    },
    {
      title: 'Until a unit has stopped',
      beside: 'services',
      args: { unit: 'drain.service', state: 'absent' },
      given: 'systemd-run --quiet --collect --unit=drain sleep 4',
    },
  ],
})

const SECONDS = 60

/** Of arguments of which a playbook without types may give any. */
type Given = { readonly [Key in 'path' | 'unit']?: string | undefined } & { readonly port?: number | undefined }

function check({ port, path, unit }: Given): string | undefined {
  if ([port, path, unit].filter((each) => each !== undefined).length !== 1)
    return 'one of port, path and unit is wanted'
  if (path !== undefined) return checkPath('path', path)
  if (port !== undefined)
    return Number.isInteger(port) && port > 0 && port < 65_536 ? undefined : `port must be from 1 to 65535, got ${port}`
  return /^[A-Za-z0-9@_.:\\-]+$/.test(unit!) && !unit!.startsWith('-')
    ? undefined
    : `${JSON.stringify(unit)} is no name of a unit`
}

const whatOf = ({ port, path, unit }: Given): string => (port === undefined ? (path ?? unit ?? '') : `port ${port}`)

const unitOf = (unit: string): string => (/\.[a-z]+$/.test(unit) ? unit : `${unit}.service`)

function readsOf({ path, unit }: Given): readonly Resource[] {
  if (unit !== undefined) return [`unit:${unitOf(unit)}`]
  return path === undefined ? [UNITS] : [`path:${path}`, UNITS]
}

/** A command that succeeds where it is there. */
function testOf({ port, path, unit }: Given): Script {
  if (path !== undefined) return sh`{ [ -e ${path} ] || [ -L ${path} ]; }`
  if (unit !== undefined) return sh`systemctl -q is-active -- ${unit}`
  const digits = port!.toString(16).toUpperCase().padStart(4, '0')
  // proc_pid_net(5): what listens (0A), by its own address and port.
  return sh`grep -qsE ${`^ *[0-9]+: [0-9A-F]+:${digits} [0-9A-F]+:0000 0A `} /proc/net/tcp /proc/net/tcp6`
}

/** A port, and a socket, may come of any unit: that waits, and is asked again. */
function foresee({ path, unit }: Given, state: boolean, { resource, value }: Fact): boolean | undefined {
  if (unit !== undefined) {
    const known = value as UnitFact
    return known.kind === 'unit' ? (known.active === true || known.active === false ? known.active : undefined) : false
  }
  if (path === undefined || resource.startsWith(UNITS)) return undefined
  const { kind } = value as PathFact
  if (resource === `path:${path}`) return kind !== 'absent'
  if (resource.startsWith(`path:${path}/`)) return kind === 'absent' ? state : true
  return kind === 'absent' ? false : state
}
