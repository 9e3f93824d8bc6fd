// The keys for the login to a host, in the order in which they are offered.
import type { BaseAgent, ParsedKey } from 'ssh2'
import { Unreachable } from '../../engine/session/connection.ts'
import { agentKeys } from './agent.ts'
import { ringAgent, soleSigner, type Identity } from './ring-agent.ts'
import { ringFiles, systemWords, unusableWords, type RingFile } from './ring-files.ts'
import type { SoleSigner } from '../client/ssh2-shortcuts.ts'
import type { SshTarget } from '../ssh-target.ts'

/** What the hosts of one run have said so far. */
interface RunKeys {
  readonly rings: Map<string, Promise<KeyRing>>
  /** How many logins each key was taken for; by the public key in base64. */
  readonly taken: Map<string, number>
}

export interface KeyRing {
  /** Offers its keys one after the other, and signs with them; `undefined`: there is none. */
  readonly agent: BaseAgent<ParsedKey> | undefined
  /** Where it has one Ed25519 key and nothing else. */
  readonly sole: SoleSigner | undefined
  /** What is tried, in words. */
  readonly tried: string
  /** Keys that only the system's ssh can use, in words. */
  readonly unsupported: readonly string[]
}

/** By the passphrases of a run. */
const runs = new WeakMap<object, RunKeys>()

/**
 * Made once in a run for all hosts that have the same keys.
 *
 * @throws Unreachable where a named key cannot be used, or there is none at all.
 */
export function keyRing(target: SshTarget): Promise<KeyRing> {
  const { identityFiles, identitiesOnly, agent, passphrases } = target
  const ofRun: RunKeys = runs.get(passphrases) ?? { rings: new Map(), taken: new Map() }
  const { rings, taken } = ofRun
  runs.set(passphrases, ofRun)
  const key = JSON.stringify([identityFiles, identitiesOnly, agent])
  const ring = rings.get(key) ?? makeRing(target, taken)
  rings.set(key, ring)
  return ring
}

async function makeRing(target: SshTarget, taken: RunKeys['taken']): Promise<KeyRing> {
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
  const unsupported = [
    ...files.flatMap(systemWords),
    ...(held ?? []).filter(({ type }) => /-cert-v01@|^sk-/.test(type)).map(({ type }) => `the agent's ${type}`),
  ]
  if (identities.length === 0) return { agent: undefined, sole: undefined, tried, unsupported }
  return { agent: ringAgent(identities, taken, path, ssh2), sole: soleSigner(identities), tried, unsupported }
}

/**
 * Keys that are named come first, those that the agent holds before files; then key files in their usual places, the
 * agent's others, and files with a passphrase: sshd ends the connection after a few keys that it does not know
 * (MaxAuthTries).
 */
function inOrder(
  files: readonly RingFile[],
  ofAgent: readonly ParsedKey[],
  asOffered: (publicKey: Buffer) => readonly ParsedKey[],
): readonly Identity[] {
  const held = (some: readonly RingFile[]): readonly Identity[] =>
    some.flatMap(({ path: from, named, held: key }) =>
      key === undefined ? [] : [{ key, from, named, opened: undefined }],
    )
  const opened = (some: readonly RingFile[]): readonly Identity[] =>
    some.flatMap(({ path: from, named, opened: key }) =>
      key === undefined ? [] : asOffered(key.publicKey.blob).map((each) => ({ key: each, from, named, opened: key })),
    )
  const isOurs = (key: ParsedKey): boolean =>
    files.some((file) => file.held === key || file.opened?.publicKey.blob.equals(key.getPublicSSH()) === true)
  const agents = ofAgent.filter((key) => !isOurs(key))
  const named = files.filter((file) => file.named)
  const usual = files.filter((file) => !file.named)
  const isEncrypted = ({ file }: RingFile): boolean => file?.encrypted === true
  return [
    ...held(named),
    ...opened(named),
    ...held(usual),
    ...opened(usual.filter((file) => !isEncrypted(file))),
    ...agents.map((key) => ({ key, from: 'the agent', named: false, opened: undefined })),
    ...opened(usual.filter(isEncrypted)),
  ]
}
