// What a first run of the general job leaves on a host, in a form in which two tools can be compared: files with their
// modes and owners, users, packages, units and parameters of the kernel.
import type * as Lab from '../../lab/index.ts'

/** By what it is of: `/etc/motd`, `package zstd`, `unit app`. */
export type EndState = ReadonlyMap<string, string>

/**
 * Written by the way, whoever does the work: lists, caches and logs of apt and dpkg, the former versions that
 * shadow(5) keeps, what the tools keep of themselves, and compiled Python.
 */
const BESIDE = [
  '/var/cache',
  '/var/lib/apt',
  '/var/lib/dpkg',
  '/var/lib/mailrun',
  '/var/backups',
  '/etc/passwd-',
  '/etc/group-',
  '/etc/shadow-',
  '/etc/gshadow-',
  '/etc/subuid-',
  '/etc/subgid-',
  '/etc/.pwd.lock',
  '/root/.ansible',
  '/home/ops/.ansible',
  '/home/admin/.ansible',
]

/** The text is compared without what differs: comments, blanks of each tool's own; the salts of the lab's passwords. */
const OWN_FORM = [
  '/etc/shadow',
  '/etc/cron.d/app',
  '/etc/sysctl.d/60-net.ipv4.tcp_fin_timeout.conf',
  '/etc/sysctl.d/60-net.ipv4.ip_local_port_range.conf',
]

/** Lines of `WHAT<TAB>VALUE`. */
const ASK = `
export LC_ALL=C
dpkg-query -W -f 'package \${Package}\\t\${db:Status-Abbrev} \${Version}\\n'
for unit in app cron; do
  printf 'unit %s\\t%s\\n' "$unit" "$(systemctl show -p ActiveState,SubState,UnitFileState,User "$unit" | tr '\\n' ' ')"
done
for name in tcp_fin_timeout ip_local_port_range; do
  printf 'sysctl %s\\t%s\\n' "$name" "$(tr -s '\\t' ' ' < /proc/sys/net/ipv4/$name)"
done
for file in ${OWN_FORM.join(' ')}; do
  printf 'text of %s\\t' "$file"
  sed -E '/^#/d; s/ *= */=/; s/^([^:]*):\\$[^:]*/\\1:a password/' "$file" | tr '\\n' '|'
  echo
done
`

/** @throws Error where the host does not answer */
export async function endState(lab: typeof Lab, host: string): Promise<EndState> {
  const [tree, { code, stdout, stderr }] = await Promise.all([
    lab.treeList(host, { exclude: BESIDE }),
    lab.hostExec(host, ASK),
  ])
  if (code !== 0) throw new Error(`${host} cannot be asked for its state: ${stderr}`)
  const files = [...tree].filter(([path]) => !/\/__pycache__(?:\/|$)/.test(path))
  return new Map([
    ...files.map(([path, what]) => [path, withoutTime(path, what)] as const),
    ...stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split('\t') as [string, string]),
  ])
}

/** Of a line of the tree: when it was written is another moment for each tool. */
export function withoutTime(path: string, what: string): string {
  const words = what.split(' ')
  const time = words[0] === 'd' ? 3 : 4
  const rest = words.filter((_, index) => index !== time)
  return (OWN_FORM.includes(path) ? rest.slice(0, 3) : rest).join(' ')
}
