// Login keys of every form, made by the real ssh-keygen and openssl, for tests; and what `ssh-keygen -y` says of them.
import { spawnSync } from 'node:child_process'
import { copyFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'

export const PASSPHRASE = 'open sésame'
/** Rounds of bcrypt: few, for speed. */
const ROUNDS = '2'

export interface MadeKey {
  /** For messages: the form, and what encrypts it. */
  readonly form: string
  /** No `.pub` lies beside it. */
  readonly path: string
  /** By PASSPHRASE. */
  readonly encrypted: boolean
}

function run(program: string, ...args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${error?.message ?? stderr}`)
  return stdout
}

/** Type and base64, as `ssh-keygen -y` prints them; an error: OpenSSH does not take the key. */
export function publicByOpenssh(path: string, passphrase = PASSPHRASE): string | Error {
  const { status, stdout, stderr } = spawnSync('ssh-keygen', ['-y', '-P', passphrase, '-f', path], { encoding: 'utf8' })
  return status === 0 ? stdout.trim().split(' ').slice(0, 2).join(' ') : new Error(stderr.trim())
}

const KINDS: readonly (readonly [string, readonly string[]])[] = [
  ['ed25519', ['-t', 'ed25519']],
  ['p256', ['-t', 'ecdsa', '-b', '256']],
  ['p384', ['-t', 'ecdsa', '-b', '384']],
  ['p521', ['-t', 'ecdsa', '-b', '521']],
  ['rsa', ['-t', 'rsa', '-b', '2048']],
]
const PKCS8 = ['-topk8', '-passout', `pass:${PASSPHRASE}`]
/** PBES2 with each cipher and function, and the one of PBES1 that OpenSSL 3 has of itself. */
const PKCS8_WAYS: Readonly<Record<string, readonly string[]>> = {
  'aes-128-cbc': ['-v2', 'aes-128-cbc'],
  'aes-256-cbc': ['-v2', 'aes-256-cbc'],
  des3: ['-v2', 'des3'],
  sha512: ['-v2', 'aes-256-cbc', '-v2prf', 'hmacWithSHA512'],
  scrypt: ['-scrypt'],
  'pbes1-3des': ['-v1', 'PBE-SHA1-3DES'],
}
const PEM_CIPHERS = ['aes128', 'aes192', 'aes256', 'des3']

/** One of each: kind × form × plain and encrypted, and each cipher of each form. */
export function makeKeys(folder: string): readonly MadeKey[] {
  const made: MadeKey[] = []
  const note = (form: string, encrypted: boolean, make: (path: string) => void): void => {
    const path = join(folder, form.replaceAll(/[ @]/g, '_'))
    make(path)
    rmSync(`${path}.pub`, { force: true })
    run('chmod', '600', path)
    made.push({ form, path, encrypted })
  }
  const again =
    (from: string, ...args: readonly string[]) =>
    (path: string): void => {
      copyFileSync(from, path)
      run('ssh-keygen', '-q', '-p', '-P', '', '-a', ROUNDS, '-f', path, ...args)
    }
  const openssl =
    (...args: readonly string[]) =>
    (path: string): void =>
      void run('openssl', ...args, '-out', path)
  const of = (kind: string): string => join(folder, `openssh_${kind}`)

  for (const [kind, args] of KINDS) {
    note(`openssh ${kind}`, false, (path) => run('ssh-keygen', '-q', ...args, '-N', '', '-C', kind, '-f', path))
    note(`openssh ${kind} encrypted`, true, again(of(kind), '-N', PASSPHRASE))
    if (kind === 'ed25519') continue
    for (const form of ['PEM', 'PKCS8']) {
      note(`${form} ${kind}`, false, again(of(kind), '-m', form, '-N', ''))
      note(`${form} ${kind} encrypted`, true, again(of(kind), '-m', form, '-N', PASSPHRASE))
    }
  }
  for (const cipher of run('ssh', '-Q', 'cipher').trim().split('\n'))
    note(`openssh ${cipher}`, true, again(of('ed25519'), '-Z', cipher, '-N', PASSPHRASE))
  for (const [way, args] of Object.entries(PKCS8_WAYS))
    note(`PKCS8 ${way}`, true, openssl('pkcs8', ...PKCS8, ...args, '-in', join(folder, 'PKCS8_rsa')))
  for (const cipher of PEM_CIPHERS) {
    const sealed = [`-${cipher}`, '-passout', `pass:${PASSPHRASE}`]
    note(`PEM rsa ${cipher}`, true, openssl('rsa', '-traditional', ...sealed, '-in', join(folder, 'PEM_rsa')))
    note(`PEM ec ${cipher}`, true, openssl('ec', ...sealed, '-in', join(folder, 'PEM_p256')))
  }
  note('PEM ec with parameters', false, openssl('ecparam', '-name', 'prime256v1', '-genkey'))
  return made
}
