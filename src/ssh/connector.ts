// Chooses the connection for each host of a run, once, before any is touched.
import { Refused, Unreachable, type Connect, type Connection, type Tell } from '../engine/session/connection.ts'
import { absolute } from '../inventory/address.ts'
import type { Host, HostAddress } from '../core/host.ts'
import type { Secret } from '../shell/secret.ts'
import { sshArguments, sshValue, type SshOption } from './config/files/option.ts'
import { readSshConfig } from './config/files/read-ssh-config.ts'
import { attempts } from './attempts.ts'
import { askpass } from './openssh/askpass.ts'
import { jumpLogins } from './openssh/jump-logins.ts'
import { localConnect } from './local.ts'
import { Beyond } from './client/login.ts'
import { opensshConnect, type OpensshRun } from './openssh/openssh.ts'
import type { OpensshTarget } from './openssh/openssh-arguments.ts'
import { askPassphrases, type Ask } from './login-keys/passphrases.ts'
import { sharedTrial } from './shared-trial.ts'
import { runConfig, type RunConfig } from './run-config.ts'
import { sshClient } from './client/ssh.ts'
import type { SshTarget } from './ssh-target.ts'
import { targetOf, type Reading } from './target-of.ts'

export interface ConnectionSource {
  /** The ssh_config file to read in place of ~/.ssh/config and /etc/ssh/ssh_config; `none`: no file. */
  readonly sshConfig?: string | undefined
  /**
   * The file that host keys must be in; left out: ssh_config's, else ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts.
   */
  readonly knownHosts?: string | undefined
  /** Record the key of a host that has none known. */
  readonly acceptNew?: boolean | undefined
  /** Asks for the passphrase of a key, a one-time code, the PIN of a token; left out: nobody is asked. */
  readonly ask?: Ask | undefined
}

export interface Connector {
  readonly connect: Connect
  /** Ends what hosts share. */
  close(): void
}

interface Way {
  readonly bySystem: boolean
  readonly target: SshTarget
  readonly openssh: OpensshTarget
}

/** @throws MailrunError with file:line for what cannot be supported, and for keys without their passphrase */
export async function connector(hosts: readonly Host[], source: ConnectionSource): Promise<Connector> {
  const { sshConfig, knownHosts, acceptNew, ask } = source
  const passphrases = new Map<string, Secret>()
  const reading = readOnce(flagsOf(source), passphrases)
  const config = runConfig({ sshConfig, knownHosts, acceptNew: acceptNew === true })
  const ways = new Map<string, Way>()
  for (const { name, address } of hosts) {
    if (address.connection !== 'local') ways.set(name, await wayTo(address, { sshConfig, knownHosts, config }, reading))
    if (address.privateKeyFile !== undefined && address.privateKeyPassphrase !== undefined)
      passphrases.set(address.privateKeyFile, address.privateKeyPassphrase)
  }
  await askPassphrases(
    [...ways.values()].filter(({ bySystem }) => !bySystem).map(({ target }) => target),
    passphrases,
    ask,
  )

  const trial = sharedTrial()
  const client = sshClient(trial)
  const run: OpensshRun = { askpass: askpass(), ask, trial, attempts: attempts(), jumps: jumpLogins() }
  const system = ({ openssh }: Way, host: Host, signal: AbortSignal, tell?: Tell): Promise<Connection> =>
    opensshConnect(openssh, host.address.become, run, signal, tell)
  return {
    async connect(host, signal, tell) {
      const { become } = host.address
      const way = ways.get(host.name)
      if (way === undefined) return localConnect({}, become, trial, { seconds: host.address.connectSeconds, signal })
      if (way.bySystem) return system(way, host, signal, tell)
      const own = client.connect(way.target, become, signal, tell)
      return orBySystem(own, () => system(way, host, signal, tell))
    },
    close() {
      client.close()
      run.askpass.close()
      config.close()
    },
  }
}

/** What flags of the command line say, for every host. */
const flagsOf = ({ knownHosts, acceptNew }: ConnectionSource): readonly SshOption[] => [
  ...(knownHosts === undefined
    ? []
    : [
        sshValue('UserKnownHostsFile', absolute(knownHosts), '--known-hosts'),
        sshValue('GlobalKnownHostsFile', '/dev/null', '--known-hosts'),
      ]),
  ...(acceptNew === true ? [sshValue('StrictHostKeyChecking', 'accept-new', '--accept-new')] : []),
]

type ReadConfig = (file: string | undefined) => Promise<Reading>

/** Reads each ssh_config once. */
function readOnce(flags: readonly SshOption[], passphrases: ReadonlyMap<string, Secret>): ReadConfig {
  const files = new Map<string, Promise<Reading>>()
  return (file) => {
    const known = files.get(file ?? '') ?? readSshConfig(file).then((config) => ({ config, flags, passphrases }))
    files.set(file ?? '', known)
    return known
  }
}

/** @throws what the system's ssh said, after what mailrun's own client lacks. */
async function orBySystem(own: Promise<Connection>, system: () => Promise<Connection>): Promise<Connection> {
  try {
    return await own
  } catch (error) {
    if (!(error instanceof Beyond)) throw error
    return system().catch((second: Error) => {
      if (!(second instanceof Unreachable)) throw second
      const Kind = second instanceof Refused ? Refused : Unreachable
      throw new Kind(`${error.message}\nand by the system's ssh: ${second.message}`)
    })
  }
}

/** What the flags of a run come to for one host's ssh. */
type RunSource = Pick<ConnectionSource, 'sshConfig' | 'knownHosts'> & { readonly config: RunConfig }

async function wayTo(address: HostAddress, source: RunSource, reading: ReadConfig): Promise<Way> {
  const { sshConfig } = source
  const before = sshArguments(address.sshArgs.words, address.sshArgs.where)
  const after = sshArguments(address.sshExtraArgs.words, address.sshExtraArgs.where)
  const ownFile = before.file ?? after.file
  const file = ownFile ?? sshConfig
  const options: readonly SshOption[] = [
    ...before.options,
    ...(address.port === undefined ? [] : [sshValue('Port', String(address.port), 'ansible_port')]),
    ...(address.privateKeyFile === undefined
      ? []
      : [sshValue('IdentityFile', address.privateKeyFile.replaceAll('%', '%%'), 'ansible_private_key_file')]),
    ...(address.user === undefined ? [] : [sshValue('User', address.user, 'ansible_user')]),
    ...after.options,
  ]
  const target = await targetOf(
    address.address,
    options,
    { password: address.password, connectSeconds: address.connectSeconds, retries: address.retries },
    await reading(file === undefined || file === 'none' ? file : absolute(file)),
  )
  // A file of the host's own comes with its words.
  const configFile = ownFile === undefined ? fileForSystem(source, target) : undefined
  return {
    target,
    openssh: opensshTarget(address, target, configFile, source.knownHosts),
    bySystem: address.connection === 'openssh' || target.beyond.length > 0,
  }
}

function fileForSystem({ sshConfig, config }: RunSource, target: SshTarget): string | undefined {
  const ofFlags = sshConfig === undefined || sshConfig === 'none' ? sshConfig : absolute(sshConfig)
  return target.jumps.length > 0 ? (config.file() ?? ofFlags) : ofFlags
}

const opensshTarget = (
  address: HostAddress,
  target: SshTarget,
  configFile: string | undefined,
  knownHosts: string | undefined,
): OpensshTarget => ({
  executable: address.sshExecutable ?? 'ssh',
  first: [
    ...(configFile === undefined ? [] : ['-F', configFile]),
    ...(knownHosts === undefined
      ? []
      : ['-o', `UserKnownHostsFile="${absolute(knownHosts)}"`, '-o', 'GlobalKnownHostsFile=/dev/null']),
  ],
  then: [
    ...address.sshArgs.words,
    ...(address.port === undefined ? [] : ['-p', String(address.port)]),
    ...(address.privateKeyFile === undefined ? [] : ['-i', address.privateKeyFile]),
    ...(address.user === undefined ? [] : ['-l', address.user]),
    ...address.sshExtraArgs.words,
  ],
  address: address.address,
  target,
})
