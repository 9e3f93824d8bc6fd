// Builds the command line that starts a container with its own control group, on machines with and without systemd.
import { existsSync } from 'node:fs'
import { rmdir } from 'node:fs/promises'
import { LabError } from '../lab-error.ts'

export interface Container {
  /** Unique on this machine. */
  readonly machine: string
  readonly root: string
  /** Read-only inside: path here → path there. */
  readonly binds: Readonly<Record<string, string>>
  /** What it runs: systemd in a network namespace, or one program without network. */
  readonly runs:
    | { readonly boot: { readonly netns: string; readonly hostname: string } }
    | { readonly program: readonly string[] }
}

/** `$1` is the number of control groups that follow; then the command. */
const LAUNCH = `
n=$1; shift
while [ "$n" -gt 0 ]; do
  mkdir -p "$1" && echo $$ >"$1/cgroup.procs" || exit 1
  shift; n=$((n - 1))
done
exec "$@"
`

/**
 * Two containers in one control group would share their `payload` group and end each other's services: each gets its
 * own, from systemd where it runs this machine, else by mkdir.
 */
export function containerCommand(container: Container): readonly string[] {
  const nspawn = nspawnCommand(container)
  if (existsSync('/run/systemd/system')) {
    return [
      'systemd-run',
      '--quiet',
      '--collect',
      '--scope',
      `--unit=${container.machine}`,
      '--property=Delegate=yes',
      '--',
      ...nspawn,
    ]
  }
  const groups = controlGroups(container.machine)
  return ['sh', '-c', LAUNCH, 'mailrun-lab-launch', String(groups.length), ...groups, ...nspawn]
}

/** Removes what a dead container left of its control groups; systemd does so itself. */
export async function removeControlGroups(machine: string): Promise<void> {
  if (existsSync('/run/systemd/system')) return
  const { readdir } = await import('node:fs/promises')
  for (const group of controlGroups(machine)) {
    const below = await readdir(group, { recursive: true, withFileTypes: true }).catch(() => [])
    const directories = below.filter((entry) => entry.isDirectory()).map((entry) => `${entry.parentPath}/${entry.name}`)
    for (const directory of [...directories.sort((a, b) => b.length - a.length), group])
      await rmdir(directory).catch(() => undefined)
  }
}

function controlGroups(machine: string): readonly string[] {
  const unified = '/sys/fs/cgroup/cgroup.controllers'
  const roots = existsSync(unified)
    ? ['/sys/fs/cgroup']
    : ['/sys/fs/cgroup/systemd', '/sys/fs/cgroup/unified'].filter((path) => existsSync(path))
  if (roots.length === 0) {
    throw new LabError(
      'systemd-nspawn needs control groups, and none that it can use are mounted: ' +
        'mount cgroup2 on /sys/fs/cgroup, or run the lab on a machine booted with systemd',
    )
  }
  return roots.map((root) => `${root}/mailrun-lab/${machine}`)
}

function nspawnCommand({ machine, root, binds, runs }: Container): readonly string[] {
  const common = [
    'systemd-nspawn',
    '--quiet',
    '--register=no',
    '--keep-unit',
    '--settings=no',
    '--link-journal=no',
    '--resolv-conf=off',
    '--timezone=off',
    '--console=pipe',
    `--machine=${machine}`,
    `--directory=${root}`,
    ...Object.entries(binds).map(([here, there]) => `--bind-ro=${here}:${there}`),
  ]
  return 'boot' in runs
    ? [
        ...common,
        `--network-namespace-path=${runs.boot.netns}`,
        // In its own namespace alone: for its packet filter.
        '--capability=CAP_NET_ADMIN',
        `--hostname=${runs.boot.hostname}`,
        '--boot',
      ]
    : [...common, '--private-network', '--', ...runs.program]
}
