// Chooses how each host of a run is connected to (mailrun's own SSH, the system's ssh, or local), before any host is
// touched.
import {
  type Connect,
  type Connection,
  type Greeting,
  Refused,
  type Tell,
  Unreachable,
} from '../engine/session/connection.ts'
import { absolute, sshConfigFile } from '../inventory/address.ts'
import type { Host, HostAddress } from '../core/fleet/host.ts'
import type { Secret } from '../shell/secret.ts'
import { sshArguments } from './config/ssh-words.ts'
import { attempts } from './attempts.ts'
import { type SshResolvers, sshResolvers } from './config/resolvers.ts'
import type { Destination } from './config/share/destination.ts'
import { askpass } from './openssh/askpass.ts'
import { masters, type Masters } from './openssh/master.ts'
import { jumpLogins } from './openssh/jump-logins.ts'
import { localConnect } from './local.ts'
import { Unsupported } from './client/login.ts'
import { opensshConnect, type OpensshRun } from './openssh/openssh.ts'
import { withoutMaster, type OpensshTarget } from './openssh/openssh-arguments.ts'
import { askPassphrases, type Ask } from './login-keys/passphrases.ts'
import { sharedTrial } from './shared-trial.ts'
import { runConfig, type RunConfig } from './run-config.ts'
import { sshClient } from './client/ssh.ts'
import type { SshTarget } from './ssh-target.ts'
import { targetOf, type HostKeyFlags } from './target-of.ts'
import { masterWarnings, waysNotes, type Route } from './ways-notes.ts'

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
  /**
   * Is reported, for `--verbose`, who goes by the system's ssh and why, and which settings of ssh_config count nowhere.
   */
  readonly onNote?: ((note: string) => void) | undefined
  /** Is called with what is to be mended, such as a ControlPath where others can write; left out: nobody is. */
  readonly warn?: ((line: string) => void) | undefined
}

export interface Connector {
  readonly connect: Connect
  /** Ends what hosts share. */
  close(): void
}

/**
 * @param resolvers - of the run.
 * @throws MailrunError with file:line for what cannot be supported, and for keys without their passphrase
 */
export async function connector(
  hosts: readonly Host[],
  source: ConnectionSource,
  resolvers: SshResolvers = sshResolvers(),
): Promise<Connector> {
  const { sshConfig, knownHosts, acceptNew, ask } = source
  const passphrases = new Map<string, Secret>()
  const config = runConfig({ sshConfig, knownHosts, acceptNew: acceptNew === true })
  const reading: RunSource = { ...source, resolvers, passphrases, config, masters: masters() }
  const reached = hosts.filter(({ address }) => address.connection !== 'local')
  const routes = new Map(
    await Promise.all(reached.map(async ({ name, address }) => [name, await routeTo(address, reading)] as const)),
  )
  for (const { address } of hosts) {
    if (address.privateKeyFile !== undefined && address.privateKeyPassphrase !== undefined)
      passphrases.set(address.privateKeyFile, address.privateKeyPassphrase)
  }
  const warnings = masterWarnings(routes)
  if (source.warn !== undefined) warnings.forEach(source.warn)
  if (source.onNote !== undefined) waysNotes(routes).forEach(source.onNote)
  await askPassphrases(
    [...routes.values()].filter(({ bySystem }) => !bySystem).map(({ target }) => target),
    passphrases,
    ask,
  )

  const trial = sharedTrial()
  const client = sshClient(trial)
  const run: OpensshRun = { askpass: askpass(), ask, trial, attempts: attempts(), jumps: jumpLogins() }
  const system = ({ openssh }: Route, host: Host, ...[signal, tell, greeting, anew]: Given): Promise<Connection> => {
    const wanted = anew === true ? withoutMaster(openssh) : openssh
    return opensshConnect(wanted, host.address.become, run, signal, tell, greeting, anew)
  }
  return {
    async connect(host, ...given) {
      const [signal, tell, greeting, anew] = given
      const { become } = host.address
      const route = routes.get(host.name)
      const seconds = host.address.connectSeconds
      if (route === undefined) return localConnect({}, become, trial, { seconds, signal, greeting })
      if (route.bySystem) return system(route, host, ...given)
      const own = client.connect(route.target, become, signal, tell, greeting, anew)
      return orBySystem(own, () => system(route, host, ...given))
    },
    close() {
      client.close()
      run.askpass.close()
      config.close()
    },
  }
}

/** What a connection is made with, beside the host. */
type Given = [signal: AbortSignal, tell?: Tell, greeting?: Greeting, anew?: boolean]

/** @throws what the system's ssh said, after what mailrun's own client lacks. */
async function orBySystem(own: Promise<Connection>, system: () => Promise<Connection>): Promise<Connection> {
  try {
    return await own
  } catch (error) {
    if (!(error instanceof Unsupported)) throw error
    return system().catch((second: Error) => {
      if (!(second instanceof Unreachable)) throw second
      const Kind = second instanceof Refused ? Refused : Unreachable
      throw new Kind(`${error.message}\nand by the system's ssh: ${second.message}`)
    })
  }
}

/** What all hosts of a run have in common. */
type RunSource = Pick<ConnectionSource, 'sshConfig' | 'knownHosts' | 'acceptNew'> & {
  readonly resolvers: SshResolvers
  readonly passphrases: ReadonlyMap<string, Secret>
  readonly config: RunConfig
  readonly masters: Masters
}

/**
 * Starts `ssh -G` for a host that will probably be reached, so that its answer is there when it is needed. An error is
 * reported only then.
 */
export function beginRoute(
  address: HostAddress,
  { sshConfig }: Pick<ConnectionSource, 'sshConfig'>,
  resolvers: SshResolvers,
): void {
  if (address.connection === 'local') return
  const begin = async (): Promise<unknown> => {
    const { destination, ownFile } = destinationOf(address)
    return resolvers.of(sshConfigFile(ownFile ?? sshConfig)).answer(destination)
  }
  begin().catch(() => {})
}

/** The host as ssh(1) gets it, and the ssh_config file that its own options name. @throws MailrunError */
function destinationOf(address: HostAddress): { destination: Destination; ownFile: string | undefined } {
  const before = sshArguments(address.sshArgs.words, address.sshArgs.where)
  const after = sshArguments(address.sshExtraArgs.words, address.sshExtraArgs.where)
  const destination: Destination = {
    host: address.address,
    user: address.user,
    port: address.port,
    keyFile: address.privateKeyFile,
    before: before.words,
    after: after.words,
    lines: [...before.lines, ...after.lines],
    where: address.sshArgs.where || address.sshExtraArgs.where || undefined,
    program: address.sshExecutable ?? 'ssh',
  }
  return { destination, ownFile: before.file ?? after.file }
}

async function routeTo(address: HostAddress, source: RunSource): Promise<Route> {
  const { sshConfig, resolvers, passphrases, masters } = source
  const { destination, ownFile } = destinationOf(address)
  const resolver = resolvers.of(sshConfigFile(ownFile ?? sshConfig))
  const target = await targetOf(destination, address, { resolver, flags: flagsOf(source), passphrases, masters })
  // A file of the host's own comes with its words.
  const file = ownFile === undefined ? fileForSystem(source, target) : undefined
  return {
    target,
    openssh: opensshTarget(address, target, file, source.knownHosts),
    bySystem: address.connection === 'openssh' || target.unsupported.length > 0,
  }
}

const flagsOf = ({ knownHosts, acceptNew }: RunSource): HostKeyFlags => ({
  knownHosts: knownHosts === undefined ? undefined : absolute(knownHosts),
  acceptNew: acceptNew === true,
})

function fileForSystem({ sshConfig, config }: RunSource, target: SshTarget): string | undefined {
  const ofFlags = sshConfigFile(sshConfig)
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
