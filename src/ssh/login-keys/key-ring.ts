// The keys to log in to a host with, in the order in which they are offered.
import type { BaseAgent, ParsedKey } from 'ssh2'
import { Unreachable } from '../../engine/session/connection.ts'
import { agentKeys } from './agent.ts'
import { ringAgent, soleSigner, type Identity } from './ring-agent.ts'
import { ringFiles, systemWords, unusableWords, type RingFile } from './ring-files.ts'
import type { SoleSigner } from '../client/ssh2-shortcuts.ts'
import type { SshTarget } from '../ssh-target.ts'

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

/** Of one run, which has its passphrases. */
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
  const { identitiesOnly, agent: path, passphrases } = target
  const held = path === undefined ? [] : await agentKeys(path)
  const { default: ssh2 } = await import('ssh2')
  const asOffered = (publicKey: Buffer): readonly ParsedKey[] => {
    const key = ssh2.utils.parseKey(publicKey)
    return key instanceof Error ? [] : [key]
  }
  const ofAgent = (held ?? []).flatMap(({ publicKey }) => asOffered(publicKey))
  const files = await ringFiles(target, ofAgent)
  for (const { path: file, named, fault } of files)
    if (named && fault?.kind === 'useless')
      throw new Unreachable(`the private key ${file} cannot be used: ${fault.message}`)
  const identities = inOrder(files, identitiesOnly ? [] : ofAgent, asOffered)
  const tried = [
    ...new Set(identities.map(({ from }) => from)),
    ...files.flatMap((file) => unusableWords(file, passphrases)),
    ...(path !== undefined && held === undefined ? ['the agent, which does not answer'] : []),
  ].join(', ')
  const beyond = [
    ...files.flatMap(systemWords),
    ...(held ?? []).filter(({ type }) => /-cert-v01@|^sk-/.test(type)).map(({ type }) => `the agent's ${type}`),
  ]
  if (identities.length === 0) return { agent: undefined, sole: undefined, tried, beyond }
  return { agent: ringAgent(identities, path, ssh2), sole: soleSigner(identities), tried, beyond }
}

/**
 * Named keys that the agent holds come first, then named files, the agent's others, and files whose passphrase was
 * given: sshd ends the connection after a few keys that it does not know (MaxAuthTries).
 */
function inOrder(
  files: readonly RingFile[],
  ofAgent: readonly ParsedKey[],
  asOffered: (publicKey: Buffer) => readonly ParsedKey[],
): readonly Identity[] {
  const held = files.flatMap(({ path, held: key }): readonly Identity[] =>
    key === undefined ? [] : [{ key, from: path, opened: undefined }],
  )
  const fromFiles = (encrypted: boolean): readonly Identity[] =>
    files.flatMap(({ path, file, opened }) =>
      opened === undefined || file?.encrypted !== encrypted
        ? []
        : asOffered(opened.publicKey.blob).map((key) => ({ key, from: path, opened })),
    )
  const isOurs = (key: ParsedKey): boolean =>
    files.some((file) => file.held === key || file.opened?.publicKey.blob.equals(key.getPublicSSH()) === true)
  return [
    ...held,
    ...fromFiles(false),
    ...ofAgent.filter((key) => !isOurs(key)).map((key) => ({ key, from: 'the agent', opened: undefined })),
    ...fromFiles(true),
  ]
}
