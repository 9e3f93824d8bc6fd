// The lab as a library for tests and benchmarks. All functions work on the lab that MAILRUN_LAB_NAME names, else on the
// lab `lab`.
import { hostDir, hostRoot, leader } from './hosts/machine.ts'
import { becomePasswordPath } from './access/keys.ts'
import { changeWire } from './network/rtt.ts'
import { preparePrograms } from './controller.ts'
import { down } from './down.ts'
import type { LabHost } from './fleet.ts'
import { findHost } from './hosts/find-host.ts'
import { controllerLink as linkHere, type Wire } from './network/latency.ts'
import { inHost, type ScriptResult } from './hosts/in-host.ts'
import { labNameHere, openLab, releasesHere } from './lab.ts'
import { LabError } from './lab-error.ts'
import { readTree, treeDifference, treeDigest, type Tree } from './hosts/tree.ts'
import { requireState } from './state.ts'
import { offerRelease } from './release-upgrade.ts'
import type { Release } from './image/releases.ts'
import { installPackages } from './install-packages.ts'
import { reset } from './reset.ts'
import { linkHost, followRestart, rebootHost, startHost, stopHost } from './hosts/power.ts'
import { status, type LabStatus } from './status.ts'
import { up, type UpOptions } from './up.ts'
import { labDns, type LabDns } from './internet/lab-dns.ts'
import { onNameServer } from './internet/on-name-server.ts'
import { receivedMail as waitForMail, type ReceivedMail } from './internet/received-mail.ts'
import { sendMail as send, type OutgoingMail } from './internet/send-mail.ts'
import { setSecondaryLag } from './internet/secondary-lag.ts'

export { LabError, treeDifference }
export type { LabHost, LabDns, LabStatus, OutgoingMail, ReceivedMail, ScriptResult, Tree, UpOptions, Wire }

const lab = openLab(labNameHere())

/** The inventory that `up` writes. */
export const inventoryPath = lab.inventoryPath
/** Keys, known_hosts, host files, logs. */
export const stateDir = lab.stateDir
/** The sudo password of mx3. */
export const becomePasswordFile = becomePasswordPath(lab)

/** Debian packages that a test needs on this machine, each with a program that it brings. */
export const labPrograms = (needed: Readonly<Record<string, string>>): Promise<void> => preparePrograms(needed)

/** The host's first process, as this machine counts them. @throws LabError where the host is down */
export async function hostLeader(host: string): Promise<number> {
  const pid = leader(lab, await findHost(lab, host))
  if (pid === undefined) throw new LabError(`${host} is down: start it with hostStart, or mend the lab with "lab up"`)
  return pid
}

/**
 * Brings the lab up, mending and resizing; quick where it is up. Its hosts are of the releases that the options name,
 * else `MAILRUN_LAB_RELEASE`. @throws LabError
 */
export const labUp = async (options: UpOptions): Promise<void> => {
  const releases = options.releases ?? releasesHere()
  await up(lab, { ...options, ...(releases === undefined ? {} : { releases }) })
}
export const labDown = (): Promise<void> => down(lab)
export const labStatus = (): Promise<LabStatus> => status(lab)

/**
 * Fresh hosts with the same keys and addresses.
 *
 * @example await labReset(['mx1', 'mx2'])
 */
export const labReset = (hosts: readonly string[] | 'all'): Promise<void> => reset(lab, hosts)

/**
 * Runs a script as root in the host, whatever state its sshd is in.
 *
 * @throws LabError where the host is down; a failing script is an answer.
 * @example (await hostExec('mx1', 'stat -c %a /etc/shadow')).stdout // '640\n'
 */
export async function hostExec(host: string, script: string): Promise<ScriptResult> {
  return inHost(await hostLeader(host), script)
}

/** Cuts the host's power and pulls its cable: it answers nothing until `hostStart`. */
export const hostStop = (host: string): Promise<void> => stopHost(lab, host)

/** Boots a stopped host with the files that it has. */
export const hostStart = (host: string): Promise<void> => startHost(lab, host)

/** Has the host reboot by itself, as an administrator does, and resolves once it is up again. */
export const hostReboot = (host: string): Promise<void> => rebootHost(lab, host)

/** Boots the host again that is about to reboot, and resolves once it is up. */
export const hostRestarts = (host: string): Promise<void> => followRestart(lab, host)

/**
 * Makes a release's packages the only ones that the host's apt sees, for `apt-get full-upgrade` in it.
 *
 * @throws LabError where the mirror has no such release.
 */
export const hostOfferRelease = async (host: string, release: Release): Promise<void> =>
  offerRelease(lab, await findHost(lab, host), release)

/**
 * Installs packages of the host's release that its own repository does not have, from the mirror.
 *
 * @throws LabError where the mirror has none of that name, or an installation fails.
 */
export const hostInstall = async (host: string, packages: readonly string[]): Promise<void> =>
  installPackages(lab, await findHost(lab, host), packages)

/** Pulls the host's cable, or plugs it in again: meanwhile every packet to and from it is lost. */
export const hostLink = (host: string, plugged: boolean): Promise<void> => linkHost(lab, host, plugged)

/** The host's files as this machine sees them: a quick look, without a process in the host. */
export const hostFiles = (host: string): string => hostRoot(lab, { name: host })

/**
 * The host's files: type, mode, owner, size, mtime, content hash and link target by path. /proc /sys /dev /run /tmp
 * /var/tmp /var/log and /var/lib/systemd are left out.
 *
 * @param options.exclude - further paths in the host to leave out, with all below them.
 * @example
 * const before = await treeList('mx1', { exclude: [] })
 * …
 * treeDifference(before, await treeList('mx1', { exclude: [] })) // ['~ /etc/aliases (f 0644 … -> f 0600 …)']
 */
export async function treeList(host: string, options: { readonly exclude: readonly string[] }): Promise<Tree> {
  return readTree(hostDir(lab, await findHost(lab, host)), options.exclude)
}

/** One digest over `treeList`: the same twice when nothing was written in between. */
export async function treeHash(host: string, options: { readonly exclude: readonly string[] }): Promise<string> {
  return treeDigest(await treeList(host, options))
}

/** Changes the round-trip time between here and all hosts; 0 takes the delay away. */
export const setRtt = (ms: number): Promise<void> => setWire({ rttMs: ms, lossPercent: 0 })

/** Round trip and loss between here and all hosts. */
export const setWire = (wire: Wire): Promise<void> => changeWire(lab, wire)

/** The name of the link by which this machine reaches the hosts, for who listens on it. */
export const controllerLink = async (): Promise<string> => linkHere(lab, await requireState(lab))

/** The host's IPv4 address. */
export async function address(host: string): Promise<string> {
  const { subnet } = await requireState(lab)
  return `${subnet}.${(await findHost(lab, host)).number}`
}

/** Addresses, zones and key files of the name servers. @throws LabError in a lab without `internet`. */
export const dns = async (): Promise<LabDns> => labDns(lab, await requireState(lab))

/**
 * Feeds `nsupdate -l` on the primary: one update, of one zone.
 *
 * @throws LabError with what nsupdate said.
 * @example await dnsUpdate(['update delete fleet.test TXT', 'update add fleet.test 5 TXT "v=spf1 -all"'])
 */
export const dnsUpdate = async (lines: readonly string[]): Promise<void> => {
  await onNameServer(lab, 'ns1', `nsupdate -l <<'UPDATE'\n${lines.join('\n')}\nsend\nUPDATE\n`)
}

/** Keeps the secondary at what it has now, or lets it go and waits until it has caught up. */
export const secondaryLag = async (lags: boolean): Promise<void> =>
  setSecondaryLag(lab, (await requireState(lab)).subnet, lags)

/** Empties the resolver's cache. */
export const flushResolver = async (): Promise<void> => {
  await onNameServer(lab, 'resolver', 'rndc flush')
}

/**
 * Sends a message from a mail host and gives its Message-ID.
 *
 * @example await sendMail('mx1', { from: 'a@fleet.test', to: 'b@receiver.test', via: 'sendmail' })
 */
export const sendMail = (host: string, mail: OutgoingMail): Promise<string> => send(lab, host, mail)

/**
 * The first message at the receiver for which `wanted` says yes.
 *
 * @throws LabError that lists what came instead when there is none after so many milliseconds.
 * @example (await receivedMail(({ messageId }) => messageId === id, 30_000)).results('dkim')[0]?.result // 'pass'
 */
export const receivedMail = (wanted: (mail: ReceivedMail) => boolean, timeoutMs: number): Promise<ReceivedMail> =>
  waitForMail(lab, wanted, timeoutMs)
