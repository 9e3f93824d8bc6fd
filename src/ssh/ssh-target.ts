// Everything that is needed to reach one host with SSH.
import type { Secret } from '../shell/secret.ts'
import type { HostKeySource } from './host-keys/host-key-source.ts'
import type { Master } from './openssh/master.ts'

/** A private key file; a named one must be usable, a default one is passed over. */
export interface IdentityFile {
  readonly path: string
  readonly named: boolean
}

export type LoginMethod = 'publickey' | 'password' | 'keyboard-interactive'

/** `undefined`: what mailrun's own client offers; else of these, in this order. */
export interface Algorithms {
  readonly kex: readonly string[] | undefined
  readonly hostKey: readonly string[] | undefined
  readonly cipher: readonly string[] | undefined
  readonly mac: readonly string[] | undefined
}

export interface SshTarget {
  /** What is dialled. */
  readonly hostName: string
  readonly port: number
  readonly user: string
  /** 0: either. */
  readonly family: 0 | 4 | 6
  readonly bindAddress: string | undefined
  /** Hosts to go through, the first first. */
  readonly jumps: readonly SshTarget[]
  readonly identityFiles: readonly IdentityFile[]
  /** No others of the agent's. */
  readonly identitiesOnly: boolean
  /** The agent's socket. */
  readonly agent: string | undefined
  /** Of key files, by path. */
  readonly passphrases: ReadonlyMap<string, Secret>
  /** For `password` and `keyboard-interactive`. */
  readonly password: Secret | undefined
  /** What may be tried, in this order. */
  readonly methods: readonly LoginMethod[]
  readonly hostKey: HostKeySource
  readonly algorithms: Algorithms
  readonly keepalive: { readonly seconds: number; readonly lost: number }
  /** For all of it to stand. */
  readonly connectSeconds: number
  /** Of the TCP connection, a second apart. */
  readonly attempts: number
  /** After a failure that passes by itself. */
  readonly retries: number
  /** The master connection that the system's ssh may go through. */
  readonly master: Master
  /** What it needs that mailrun's own client lacks, in words: the system's ssh is taken. */
  readonly unsupported: readonly string[]
  /** Keywords of ssh_config that say something, and make no difference to mailrun's own client. */
  readonly passedOver: readonly string[]
}
