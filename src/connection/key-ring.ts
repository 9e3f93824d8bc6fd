// The keys to log in to a host with, in the order in which they are offered.
import { createPrivateKey, sign, type KeyObject } from 'node:crypto'
import type { BaseAgent, ParsedKey } from 'ssh2'
import { Unreachable } from '../engine/connection.ts'
import { agentKeys, type AgentKey } from './agent.ts'
import { readKeyFile, type KeyFile } from './key-file.ts'
import type { SoleSigner } from './ssh2-shortcuts.ts'
import type { SshTarget } from './ssh-target.ts'

export interface KeyRing {
  /** Offers its keys one after the other, and signs with them; `undefined`: there is none. */
  readonly agent: BaseAgent<ParsedKey> | undefined
  /** Where it has one Ed25519 key and nothing else. */
  readonly sole: SoleSigner | undefined
  /** What is tried, in words. */
  readonly tried: string
  /** Keys that only the system's ssh can use, in words. */
  readonly beyond: readonly string[]
}

interface Identity {
  readonly key: ParsedKey
  readonly from: string
  /** By the agent; else by the key itself. */
  readonly byAgent: boolean
}

const EMPTY = Buffer.alloc(64)

/** Of one run, which has its passphrases. */
const parsed = new WeakMap<object, Map<string, Promise<ParsedKey | Error>>>()
const rings = new WeakMap<object, Map<string, Promise<KeyRing>>>()

/**
 * Made once in a run for all hosts that have the same keys.
 *
 * @throws Unreachable where a named key cannot be used, or there is none at all.
 */
export function keyRing(target: SshTarget): Promise<KeyRing> {
  const { identityFiles, identitiesOnly, agent, passphrases } = target
  const ofRun = rings.get(passphrases) ?? new Map<string, Promise<KeyRing>>()
  rings.set(passphrases, ofRun)
  const key = JSON.stringify([identityFiles, identitiesOnly, agent])
  const ring = ofRun.get(key) ?? makeRing(target)
  ofRun.set(key, ring)
  return ring
}

async function makeRing(target: SshTarget): Promise<KeyRing> {
  const { identityFiles, identitiesOnly, agent: path } = target
  const held = path === undefined ? [] : await agentKeys(path)
  const files = identityFiles.flatMap(({ path: file, named }) => usable(file, named))
  const { default: ssh2 } = await import('ssh2')
  const ofAgent = (held ?? []).flatMap(({ publicKey }) => {
    const key = ssh2.utils.parseKey(publicKey)
    return key instanceof Error ? [] : [key]
  })
  const heldAs: HeldAs = (file) => ofAgent.find((key) => file.publicKey?.equals(key.getPublicSSH()) === true)
  const ours = files.filter((file) => !isBeyond(file))
  const open = await openedFiles(ours, heldAs, target.passphrases)
  const others = identitiesOnly ? [] : ofAgent.filter((key) => !ours.some((file) => heldAs(file) === key))
  const identities = inOrder(ours, open, others, heldAs)
  const tried = [
    ...new Set(identities.map(({ from }) => from)),
    ...unusableWords(target, files, open, heldAs),
    ...(path !== undefined && held === undefined ? ['the agent, which does not answer'] : []),
  ].join(', ')
  const beyond = beyondWords(files, held ?? [])
  if (identities.length === 0) return { agent: undefined, sole: undefined, tried, beyond }
  return { agent: ringOf(identities, path, ssh2), sole: soleSigner(identities), tried, beyond }
}

/** The agent's key that is the file's. */
type HeldAs = (file: KeyFile) => ParsedKey | undefined

interface OpenedFile {
  readonly file: KeyFile
  /** An error: it does not open. */
  readonly key: ParsedKey | Error
}

/** Those that the agent does not hold. */
function openedFiles(
  files: readonly KeyFile[],
  heldAs: HeldAs,
  passphrases: SshTarget['passphrases'],
): Promise<readonly OpenedFile[]> {
  return Promise.all(
    files.flatMap((file) =>
      heldAs(file) !== undefined || file.text === undefined
        ? []
        : [opened(file.path, file.text, passphrases).then((key) => ({ file, key }))],
    ),
  )
}

/**
 * Named keys that the agent holds come first, then named files, the agent's others, and files whose passphrase was
 * given: sshd ends the connection after a few keys that it does not know (MaxAuthTries).
 */
function inOrder(
  files: readonly KeyFile[],
  open: readonly OpenedFile[],
  others: readonly ParsedKey[],
  heldAs: HeldAs,
): readonly Identity[] {
  const held = files.flatMap((file): readonly Identity[] => {
    const key = heldAs(file)
    return key === undefined ? [] : [{ key, from: file.path, byAgent: true }]
  })
  const fromFiles = (encrypted: boolean): readonly Identity[] =>
    open.filter(({ file }) => file.encrypted === encrypted).flatMap(({ file, key }) => identityOf(file, key))
  return [
    ...held,
    ...fromFiles(false),
    ...others.map((key) => ({ key, from: 'the agent', byAgent: true })),
    ...fromFiles(true),
  ]
}

/** Keys that are wanted and cannot be offered, and why. */
function unusableWords(
  { identityFiles }: SshTarget,
  files: readonly KeyFile[],
  open: readonly OpenedFile[],
  heldAs: HeldAs,
): readonly string[] {
  const isNamed = ({ path }: KeyFile): boolean => identityFiles.some((each) => each.path === path && each.named)
  const locked = open.filter(({ file, key }) => file.encrypted && key instanceof Error)
  const unheld = files.filter((file) => file.text === undefined && heldAs(file) === undefined && isNamed(file))
  const missing = identityFiles.filter((file) => file.named && !files.some((each) => each.path === file.path))
  return [
    ...locked.map(({ file }) => `${file.path}, which has a passphrase (ssh-add it)`),
    ...unheld.map(({ path }) => `${path}, a public key whose private one no agent holds`),
    ...missing.map(({ path }) => `${path}, which is not there`),
  ]
}

/** Keys that only the system's ssh can use. */
const beyondWords = (files: readonly KeyFile[], held: readonly AgentKey[]): readonly string[] => [
  ...files.filter(isBeyond).map(({ path }) => path),
  ...held.filter(({ type }) => /-cert-v01@|^sk-/.test(type)).map(({ type }) => `the agent's ${type}`),
]

function soleSigner([only, ...others]: readonly Identity[]): SoleSigner | undefined {
  if (only === undefined || others.length > 0 || only.byAgent) return undefined
  return only.key.type === 'ssh-ed25519' ? (data) => signed(only.key, data, undefined) : undefined
}

const isBeyond = ({ type, certified }: KeyFile): boolean => certified || type?.startsWith('sk-') === true

/** @throws Unreachable for a named file that cannot be used; a default one is passed over. */
function usable(file: string, named: boolean): readonly KeyFile[] {
  try {
    const key = readKeyFile(file)
    return key === undefined ? [] : [key]
  } catch (error) {
    if (!named) return []
    throw new Unreachable(`the private key ${file} cannot be used: ${(error as Error).message}`)
  }
}

/** Once in a run. */
function opened(path: string, text: string, passphrases: SshTarget['passphrases']): Promise<ParsedKey | Error> {
  const ofRun = parsed.get(passphrases) ?? new Map<string, Promise<ParsedKey | Error>>()
  parsed.set(passphrases, ofRun)
  const known =
    ofRun.get(path) ??
    import('ssh2').then(({ default: { utils } }) => utils.parseKey(text, passphrases.get(path)?.reveal()))
  ofRun.set(path, known)
  return known
}

const identityOf = ({ path, encrypted }: KeyFile, key: ParsedKey | Error): readonly Identity[] => {
  if (!(key instanceof Error)) return [{ key, from: path, byAgent: false }]
  if (encrypted) return []
  throw new Unreachable(`the private key ${path} cannot be used: ${key.message}`)
}

function ringOf(
  identities: readonly Identity[],
  path: string | undefined,
  ssh2: typeof import('ssh2'),
): BaseAgent<ParsedKey> {
  const real = path === undefined ? undefined : new ssh2.OpenSSHAgent(path)
  class Ring extends ssh2.BaseAgent<ParsedKey> {
    getIdentities(done: (error: Error | undefined, keys: ParsedKey[]) => void): void {
      done(
        undefined,
        identities.map(({ key }) => key),
      )
    }
    sign(
      key: ParsedKey,
      data: Buffer,
      options:
        | { readonly hash?: 'sha1' | 'sha256' | 'sha512' }
        | ((error: Error | undefined, signature?: Buffer) => void),
      done?: (error: Error | undefined, signature?: Buffer) => void,
    ): void {
      const finish = typeof options === 'function' ? options : done!
      const hash = typeof options === 'function' ? undefined : options
      const identity = identities.find((each) => each.key === key)
      if (identity === undefined) return finish(new Error('an unknown key'))
      // An agent may refuse (`ssh-add -c`), or be gone: ssh2 would end the login for that. An empty signature is
      // refused by sshd, and the next key is tried, as OpenSSH does.
      if (identity.byAgent) {
        return void real!.sign(key, data, hash ?? {}, (error, signature) =>
          finish(undefined, error ? EMPTY : signature),
        )
      }
      const signature = signed(key, data, hash?.hash)
      if (signature instanceof Error) finish(signature)
      else finish(undefined, signature)
    }
  }
  return new Ring()
}

const opened25519 = new WeakMap<ParsedKey, KeyObject>()

/** ssh2 reads the key anew for each signature, which takes ten times as long as an Ed25519 signature itself. */
function signed(key: ParsedKey, data: Buffer, hash: 'sha1' | 'sha256' | 'sha512' | undefined): Buffer | Error {
  const pem = key.type === 'ssh-ed25519' ? key.getPrivatePEM() : null
  // It may return an error, which its types do not know.
  if (pem === null) return key.sign(data, hash)
  const read = opened25519.get(key) ?? createPrivateKey(pem)
  opened25519.set(key, read)
  return sign(null, data, read)
}
