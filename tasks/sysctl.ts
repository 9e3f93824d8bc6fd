// Task `sysctl`: a parameter of the kernel has its value, now and after each boot.
import { checkPath } from '../src/resources/files/check-path.ts'
import { pathProbe, type PathState } from '../src/resources/files/path.ts'
import { putContent } from '../src/resources/files/put-content.ts'
import { withFile, withoutFile } from '../src/resources/files/with-file.ts'
import { utf8 } from '../src/core/probe/answer.ts'
import { either, number, oneOf, required, text } from '../src/core/task/argument.ts'
import { defineTask } from '../src/core/task/define-task.ts'
import { joinProbes } from '../src/core/probe/join-probes.ts'
import { blocked } from '../src/core/task/plan.ts'
import { defineProbe, type Probe } from '../src/core/probe/probe.ts'
import { END, whole } from '../src/core/probe/whole.ts'
import { raw } from '../src/shell/script.ts'
import { sh } from '../src/shell/sh.ts'
import type { Untrusted } from '../src/shell/untrusted.ts'

interface SysctlCommon {
  /** As sysctl(8) writes it: `vm.swappiness`; with slashes where a part has a dot: `net/ipv4/conf/eth0.7/proxy_arp`. */
  readonly name: string
  /**
   * The file that sets it at boot, in a directory of sysctl.d(5), and holds nothing else; left out:
   * `/etc/sysctl.d/60-NAME.conf`.
   */
  readonly file?: string
}

export type SysctlArgs = SysctlCommon &
  (
    | { readonly value: string | number; readonly state?: 'present' }
    /** No such file; the kernel keeps its value until the next boot. */
    | { readonly value?: never; readonly state: 'absent' }
  )

export interface SysctlState {
  readonly file: PathState
  /** The kernel's value, its parts with one blank between; `null`: the kernel has no such parameter. */
  readonly value: string | null
}

/** In a container it is read-only. */
const WRITABLE = '[ -w /proc/sys/net/ipv4/tcp_fin_timeout ] || mount -o remount,bind,rw /proc/sys'

/**
 * A parameter of the kernel: sysctl.d(5), and the running kernel. A file that comes later in their order may set
 * another value at boot.
 *
 * @ansible sysctl
 */
export const sysctl = defineTask<SysctlArgs, SysctlState>({
  type: 'sysctl',
  name: ({ name }) => name,
  arguments: {
    name: required(text),
    value: either(text, number),
    file: text,
    state: oneOf('present', 'absent'),
  },
  check: (args) =>
    checkName(args.name) ?? (args.file === undefined ? undefined : checkPath('file', args.file)) ?? checkValue(args),
  probe: (args) =>
    joinProbes<PathState, SysctlState['value'], SysctlState>(
      pathProbe({ path: fileOf(args), wanted: 'shown' }),
      [valueProbe(args.name)],
      (file, [value]) => ({ file, value: value! }),
      ({ file, value }) => [file, [value]],
    ),
  plan(args, now) {
    const path = fileOf(args)
    if (args.state === 'absent')
      return withFile(withoutFile(path, now.file), now.file, [], (file) => ({ ...now, file }))
    if (now.value === null) return blocked(`the kernel has no ${args.name}: load the module first that brings it`)
    const value = inOneLine(String(args.value))
    const content = Buffer.from(`${args.name} = ${value}\n`)
    // By the kernel's own file: who owns the directory of the other one could put another text in its place.
    const apply = sh`printf '%s\n' ${value} > ${`/proc/sys/${pathOf(args.name)}`}`
    const loads = now.value === value ? [] : [{ summary: `${now.value} → ${value}`, apply }]
    return withFile(
      putContent({ path, content, wanted: 'shown', secret: false }, now.file),
      now.file,
      loads,
      (file) => ({ file, value }),
    )
  },
  writes: (args) => [`path:${fileOf(args)}`, `sysctl:${args.name}`],
  owns: (args) => [`content:${fileOf(args)}`, `sysctl:${pathOf(args.name)}`],
  examples: [
    {
      title: 'Ports for outgoing connections',
      beside: 'kernel',
      args: { name: 'net.ipv4.ip_local_port_range', value: '20000 60999' },
      given: WRITABLE,
    },
    {
      title: 'In a file of its own name',
      beside: 'kernel',
      args: { name: 'net/ipv4/tcp_fin_timeout', value: 30, file: '/etc/sysctl.d/90-mail.conf' },
      given: WRITABLE,
    },
    {
      title: 'Not set at boot any more',
      beside: 'kernel',
      args: { name: 'net.ipv4.tcp_syncookies', state: 'absent' },
      given: 'echo "net.ipv4.tcp_syncookies = 1" > /etc/sysctl.d/60-net.ipv4.tcp_syncookies.conf',
    },
  ],
})

const checkName = (name: string): string | undefined =>
  /^[a-z0-9_]+(?:\.[\w-]+)+$/i.test(name) ||
  (/^[a-z0-9_]+(?:\/[\w.:-]+)+$/i.test(name) && !/\/\.{1,2}(?:\/|$)/.test(name))
    ? undefined
    : `name must be such as net.ipv4.ip_forward, got ${JSON.stringify(name)}`

/** Of arguments of which a playbook without types may give any. */
function checkValue({
  value,
  state,
}: {
  readonly value?: string | number
  readonly state?: string
}): string | undefined {
  if (state === 'absent') return value === undefined ? undefined : 'value does not go with state: absent'
  if (value === undefined) return 'value is wanted'
  return /^[\x20-\x7e\t]+$/.test(String(value)) && inOneLine(String(value)) !== ''
    ? undefined
    : `value must be one line of printable ASCII, got ${JSON.stringify(value)}`
}

const fileOf = ({ name, file }: SysctlCommon): string => file ?? `/etc/sysctl.d/60-${name.replaceAll('/', '-')}.conf`

/** Below /proc/sys. */
const pathOf = (name: string): string => (name.includes('/') ? name : name.replaceAll('.', '/'))

const inOneLine = (value: Untrusted): string => value.trim().split(/\s+/).join(' ')

const valueProbe = (name: string): Probe<SysctlState['value']> =>
  defineProbe<SysctlState['value']>({
    key: `sysctl ${pathOf(name)}`,
    reads: [`sysctl:${name}`],
    script: sh`[ ! -e ${`/proc/sys/${pathOf(name)}`} ] || { echo there; head -c 4096 ${`/proc/sys/${pathOf(name)}`}; }
${raw(END)}`,
    parse(answer) {
      const reported = utf8(whole(answer, `the parameter ${name} cannot be asked for`))
      return reported.startsWith('there\n') ? inOneLine(reported.slice('there\n'.length)) : null
    },
    foresee: (state) => state,
  })
