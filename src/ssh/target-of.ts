// Computes how to reach one host with SSH, from the inventory, the flags and ssh_config.
import { existsSync } from 'node:fs'
import type { Secret } from '../shell/secret.ts'
import { resolveChain } from './config/resolve-chain.ts'
import type { SshResolver } from './config/resolver.ts'
import type { Destination } from './config/share/destination.ts'
import type { SshSettings } from './config/ssh-settings.ts'
import { UNCHECKED, type Master, type Masters } from './openssh/master.ts'
import { unsupportedIn } from './openssh/unsupported.ts'
import type { LoginMethod, SshTarget } from './ssh-target.ts'

const CONNECT_SECONDS = 30
/** A dead host is noticed within 75 s. OpenSSH's default is never: a run could hang. */
const KEEPALIVE = { seconds: 15, lost: 4 }
const RETRIES = 4
/** As net.connect() takes them. */
const FAMILIES = { any: 0, inet: 4, inet6: 6 } as const
/** Password comes before keyboard-interactive, because it costs one round trip less. */
const METHODS: readonly LoginMethod[] = ['publickey', 'password', 'keyboard-interactive']

/** Of the command line, for jump hosts too: they come before everything else. */
export interface HostKeyFlags {
  /** `--known-hosts`, absolute. */
  readonly knownHosts: string | undefined
  /** `--accept-new` */
  readonly acceptNew: boolean
}

/** What all hosts of a run have in common. */
export interface Reading {
  readonly resolver: SshResolver
  readonly flags: HostKeyFlags
  readonly passphrases: ReadonlyMap<string, Secret>
  readonly masters: Masters
}

/** Settings of the inventory that are no options of ssh. */
export interface Said {
  readonly password: Secret | undefined
  readonly connectSeconds: number | undefined
  readonly retries: number | undefined
}

/** @throws MailrunError with file:line */
export async function targetOf(
  destination: Destination,
  said: Said,
  { resolver, flags, passphrases, masters }: Reading,
): Promise<SshTarget> {
  const chain = (await resolveChain(resolver, destination)).map((settings) => withFlags(settings, flags))
  const none: Said = { password: undefined, connectSeconds: undefined, retries: undefined }
  const way: SshTarget[] = []
  for (const [index, settings] of chain.entries()) {
    const master = flags.knownHosts === undefined ? await masters.at(settings.controlPath) : UNCHECKED
    way.push(target(settings, [...way], index === chain.length - 1 ? said : none, passphrases, master))
  }
  return way.at(-1)!
}

const withFlags = (settings: SshSettings, { knownHosts, acceptNew }: HostKeyFlags): SshSettings => ({
  ...settings,
  ...(knownHosts === undefined ? {} : { userKnownHostsFiles: [knownHosts], globalKnownHostsFiles: [] }),
  ...(acceptNew ? { strictHostKeyChecking: 'accept-new' } : {}),
})

function target(
  settings: SshSettings,
  jumps: readonly SshTarget[],
  { password, connectSeconds, retries }: Said,
  passphrases: ReadonlyMap<string, Secret>,
  master: Master,
): SshTarget {
  const agent = settings.identityAgent ?? process.env['SSH_AUTH_SOCK']
  const made: Omit<SshTarget, 'unsupported' | 'passedOver'> = {
    hostName: settings.hostName,
    port: settings.port,
    user: settings.user,
    family: FAMILIES[settings.addressFamily],
    bindAddress: settings.bindAddress,
    jumps,
    identityFiles: settings.identityFiles,
    identitiesOnly: settings.identitiesOnly,
    agent: agent === undefined || agent === '' || agent === 'none' ? undefined : agent,
    passphrases,
    password,
    methods: methodsOf(settings),
    hostKey: {
      host: settings.hostName,
      port: settings.port,
      alias: settings.hostKeyAlias,
      ip: undefined,
      userFiles: settings.userKnownHostsFiles,
      globalFiles: settings.globalKnownHostsFiles,
      revokedHostKeys: settings.revokedHostKeys,
      // `no` would take any key: a new one is recorded, as OpenSSH does then, but a changed one is refused.
      strict:
        settings.strictHostKeyChecking === 'yes' || settings.strictHostKeyChecking === 'ask' ? 'yes' : 'accept-new',
      hash: settings.hashKnownHosts,
      proxied: jumps.length > 0,
    },
    algorithms: {
      kex: settings.kexAlgorithms,
      hostKey: settings.hostKeyAlgorithms,
      cipher: settings.ciphers,
      mac: settings.macs,
    },
    keepalive:
      settings.serverAliveInterval > 0
        ? { seconds: settings.serverAliveInterval, lost: settings.serverAliveCountMax }
        : KEEPALIVE,
    connectSeconds: connectSeconds ?? settings.connectTimeout ?? CONNECT_SECONDS,
    attempts: settings.connectionAttempts,
    retries: retries ?? RETRIES,
    master,
  }
  return {
    ...made,
    passedOver: settings.passedOver,
    unsupported: [...unsupportedIn(settings, made, existsSync), ...jumps.flatMap(({ unsupported }) => unsupported)],
  }
}

function methodsOf({
  preferredAuthentications,
  pubkeyAuthentication,
  passwordAuthentication,
  kbdInteractiveAuthentication,
}: SshSettings): readonly LoginMethod[] {
  const allowed: Readonly<Record<LoginMethod, boolean>> = {
    publickey: pubkeyAuthentication,
    password: passwordAuthentication,
    'keyboard-interactive': kbdInteractiveAuthentication,
  }
  const preferred = preferredAuthentications?.flatMap((name) => METHODS.filter((method) => method === name)) ?? METHODS
  return preferred.filter((method) => allowed[method])
}
