// Asks for the passphrases of private keys: for each once in a run, before any host is touched.
import { MailrunError } from '../../core/mailrun-error.ts'
import type { Secret } from '../../shell/secret.ts'
import { agentKeys } from './agent.ts'
import { readKeyFile, type KeyFile } from './key-file.ts'
import { KeyFault } from './key-fault.ts'
import { openedKey } from './opened-keys.ts'
import type { SshTarget } from '../ssh-target.ts'

/** Asks whoever runs mailrun. @param instead - what to do where that cannot be asked. @throws MailrunError */
export type Ask = (question: string, instead: string) => Promise<Secret>

const TRIES = 3

/**
 * For keys that are named, and for default ones where there is nothing else; an agent that holds the key answers for
 * it.
 *
 * @param ask - `undefined`: nobody can be asked, and such keys are passed over.
 * @throws MailrunError
 */
export async function askPassphrases(
  targets: readonly SshTarget[],
  passphrases: Map<string, Secret>,
  ask: Ask | undefined,
): Promise<void> {
  if (ask === undefined) return
  const seen = new Set<string>()
  for (const target of targets.flatMap((each) => [...each.jumps, each])) {
    const wanted = target.identityFiles
      .map(({ path }) => path)
      .filter((path) => !seen.has(`${path} ${target.agent ?? ''}`))
    for (const path of wanted) seen.add(`${path} ${target.agent ?? ''}`)
    for (const key of wanted.length === 0 ? [] : await lockedKeys(target))
      if (!passphrases.has(key.path)) passphrases.set(key.path, await askFor(key.path, key, ask, passphrases))
  }
}

async function lockedKeys({ identityFiles, identitiesOnly, agent }: SshTarget): Promise<readonly KeyFile[]> {
  const files = identityFiles.flatMap(({ path, named }) => {
    const key = keyOrNone(path)
    return key === undefined || key.certified || key.type?.startsWith('sk-') === true ? [] : [{ key, named }]
  })
  if (!files.some(({ key }) => key.encrypted)) return []
  const held = (agent === undefined ? undefined : await agentKeys(agent)) ?? []
  const isHeld = ({ publicKey }: KeyFile): boolean =>
    publicKey !== undefined && held.some((each) => each.publicKey.equals(publicKey))
  const others =
    files.some(({ key }) => (!key.encrypted && key.text !== undefined) || isHeld(key)) ||
    (!identitiesOnly && held.length > 0)
  const isLocked = (key: KeyFile): boolean => key.encrypted && !isHeld(key)
  return files.filter(({ key, named }) => isLocked(key) && (named || !others)).map(({ key }) => key)
}

/** What is wrong with it is reported where it is used. */
function keyOrNone(path: string): KeyFile | undefined {
  try {
    return readKeyFile(path)
  } catch {
    return undefined
  }
}

/** @param key - `undefined`: nobody here can read it, and its passphrase is taken as it is given. */
async function askFor(
  path: string,
  key: KeyFile | undefined,
  ask: Ask,
  run: ReadonlyMap<string, Secret>,
): Promise<Secret> {
  for (let tries = 1; tries <= TRIES; tries += 1) {
    const passphrase = await ask(
      `passphrase of ${path}${tries > 1 ? ' (that was wrong)' : ''}: `,
      `add the key to an agent (ssh-add ${path}), or say ansible_private_key_passphrase`,
    )
    if (key === undefined || !(await isWrong(key, passphrase, run))) return passphrase
  }
  throw new MailrunError(`that does not open ${path}`)
}

async function isWrong(key: KeyFile, passphrase: Secret, run: ReadonlyMap<string, Secret>): Promise<boolean> {
  const { text } = key
  if (text === undefined) return false
  const opened = await openedKey({ ...key, text }, passphrase, run)
  return opened instanceof KeyFault && opened.kind === 'locked'
}

/** Of one run, which has its passphrases; by path. */
const asked = new WeakMap<object, Map<string, Promise<Secret>>>()

/**
 * For a key that the system's ssh opens: once in a run, however many hosts it is for.
 *
 * @param run - the passphrases of the run.
 * @throws MailrunError
 */
export function passphraseFor(path: string, ask: Ask, run: ReadonlyMap<string, Secret>): Promise<Secret> {
  const ofRun = asked.get(run) ?? new Map<string, Promise<Secret>>()
  asked.set(run, ofRun)
  const known = ofRun.get(path) ?? askFor(path, keyOrNone(path), ask, run)
  ofRun.set(path, known)
  return known
}
