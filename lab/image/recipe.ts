// The definition of the images. If this file or the table of releases changes, their digest changes, and new images are
// built.
import { createHash } from 'node:crypto'
import { releaseFacts, type Release } from './releases.ts'
import { TEST_PACKAGES } from './test-packages.ts'

/** Where a host sees the package repository. */
export const REPOSITORY = '/srv/mailrun-lab'

/** A host's name in an image, replaced on each host. */
export const IMAGE_HOSTNAME = 'image.fleet.test'

/** Like a small server: no Python, libpam-systemd for sessions as Debian installs it. */
export const BASE_PACKAGES = [
  'systemd-sysv',
  'libpam-systemd',
  'dbus',
  'openssh-server',
  'sudo',
  'iproute2',
  'procps',
  'netbase',
  'less',
] as const

/** In the repository of every host, with what they depend on beyond the base. */
const MAIL_PACKAGES = [
  'opendkim',
  'opendkim-tools',
  'openssl',
  'postfix',
  'postfix-lmdb',
  'postfix-pcre',
  'bsd-mailx',
] as const

/** Login shells that are no POSIX shell; installed by the tests that need them. */
const SHELL_PACKAGES = ['tcsh', 'fish'] as const

/** Another way than sudo to become root; installed by the tests that need it. */
const BECOME_PACKAGES = ['opendoas'] as const

/** Another name server than BIND; installed by the tests that need it. */
const KNOT_PACKAGES = ['knot'] as const

/** What the examples of task modules need, and no mail host has by itself. */
const TASK_PACKAGES = ['git', 'locales', 'nftables', 'unzip', 'xz-utils', 'zstd'] as const

/** What the repository of every host has. */
export const REPOSITORY_PACKAGES: readonly string[] = [
  ...MAIL_PACKAGES,
  ...SHELL_PACKAGES,
  ...BECOME_PACKAGES,
  ...KNOT_PACKAGES,
  ...TASK_PACKAGES,
]

/**
 * On the host `verify` alone: BIND, verifiers that are not ours, and Ansible to compare with. Brings Python, so it has
 * a repository of its own.
 */
export const toolsPackages = (release: Release): readonly string[] => [
  'bind9',
  'bind9-dnsutils',
  'python3-dkim',
  'opendkim-tools',
  'libmail-dkim-perl',
  'python3-spf',
  releaseFacts(release).libopendmarc,
  'ansible-core',
]

/** dpkg leaves out what no test reads; `force-unsafe-io` matters only where the power fails. */
export const DPKG_OPTIONS = [
  'path-exclude=/usr/share/doc/*',
  'path-exclude=/usr/share/man/*',
  'path-exclude=/usr/share/locale/*',
  'force-unsafe-io',
] as const

/** Run in the base image: users, apt's source, nothing that wakes up by itself. */
export const FLEET_SCRIPT = `
rm -f /etc/apt/apt.conf.d/99mmdebstrap /etc/ssh/ssh_host_* /etc/resolv.conf
rm -f /etc/apt/sources.list /etc/apt/sources.list.d/*
install -m 644 /dev/null /etc/resolv.conf
rm -f /etc/hostname && install -m 644 /dev/null /etc/hostname
echo 'deb [trusted=yes] file:${REPOSITORY} ./' >/etc/apt/sources.list
apt-get update
echo 'LANG=C.UTF-8' >/etc/default/locale
echo 'Defaults lecture=never' >/etc/sudoers.d/lab
echo 'ops ALL=(ALL:ALL) NOPASSWD: ALL' >>/etc/sudoers.d/lab
echo 'admin ALL=(ALL:ALL) ALL' >>/etc/sudoers.d/lab
chmod 440 /etc/sudoers.d/lab
useradd --create-home --shell /bin/bash ops
useradd --create-home --shell /bin/bash admin
install -d -m 700 /root/.ssh
install -d -m 700 -o ops -g ops /home/ops/.ssh
install -d -m 700 -o admin -g admin /home/admin/.ssh
systemctl disable apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer fstrim.timer
`

const install = (packages: readonly string[]): string =>
  `DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends ${packages.join(' ')}`

export const POSTFIX_SCRIPT = `
echo ${IMAGE_HOSTNAME} >/etc/mailname
debconf-set-selections <<'ANSWERS'
postfix postfix/main_mailer_type select Internet Site
postfix postfix/mailname string ${IMAGE_HOSTNAME}
ANSWERS
${install(['postfix'])}
postconf -e myhostname=${IMAGE_HOSTNAME} 'mydestination=$myhostname, localhost.$mydomain, localhost'
apt-get clean
`

/** Installs from a repository that only the build sees. @param name - of its list. */
export const installFrom = (name: string, repository: string, packages: readonly string[]): string => `
echo 'deb [trusted=yes] file:${repository} ./' >/etc/apt/sources.list.d/${name}.list
apt-get update
${install(packages)}
rm /etc/apt/sources.list.d/${name}.list
apt-get update
apt-get clean
`

/** Where the build sees the packages of the tools, and those of Python. */
export const TOOLS_REPOSITORY = `${REPOSITORY}-tools`
export const PYTHON_REPOSITORY = `${REPOSITORY}-python`

export const toolsScript = (release: Release): string => installFrom('tools', TOOLS_REPOSITORY, toolsPackages(release))

/** On mail hosts of a lab with Python: what Ansible's modules need there. */
export const PYTHON_PACKAGES = ['python3', 'python3-apt'] as const

export const PYTHON_SCRIPT = installFrom('python', PYTHON_REPOSITORY, PYTHON_PACKAGES)

/** Names the layers' directory beside the images that they lie on. */
export const pythonDigest = (): string => digestOf([1, PYTHON_SCRIPT])

/** Names the images' directory in the cache: `bookworm-0123456789abcdef`. */
export function imageDigest(release: Release): string {
  const recipe = [
    2,
    process.arch,
    REPOSITORY,
    BASE_PACKAGES,
    REPOSITORY_PACKAGES,
    DPKG_OPTIONS,
    FLEET_SCRIPT,
    POSTFIX_SCRIPT,
    toolsScript(release),
    TEST_PACKAGES,
  ]
  return `${release}-${digestOf(recipe)}`
}

/** 16 hexadecimal digits. */
export const digestOf = (recipe: readonly unknown[]): string =>
  createHash('sha256').update(JSON.stringify(recipe)).digest('hex').slice(0, 16)
