// Decrypts files that are encrypted with sops, by running the program sops, which finds the keys itself.
import { resolve } from 'node:path'
import { MailrunError } from '../core/mailrun-error.ts'
import { runProgram } from '../programs/run-program.ts'
import { Secret } from '../shell/secret.ts'

const SECONDS = 120
const BYTES = 1 << 26
const NO_SOPS =
  'this file is encrypted with sops, and there is no program sops: ' +
  'install it (github.com/getsops/sops), or encrypt the file with age'
const CIPHERTEXT = /^ENC\[AES256_GCM,/

/** Whether a file of vars, read as plain values, is one that sops encrypted. */
export function isSops(value: unknown): value is Readonly<Record<string, unknown>> {
  const sops = isMapping(value) ? value['sops'] : undefined
  return isMapping(sops) && 'mac' in sops
}

/**
 * The file's plain text, from sops's standard output: nothing is written to a file.
 *
 * @param identityFiles - passed to sops where the environment names no key file of its own.
 * @throws MailrunError where there is no sops, or it refuses.
 */
export async function sopsDecrypt(
  path: string,
  format: 'yaml' | 'json',
  identityFiles: readonly string[],
): Promise<string> {
  const [first] = identityFiles
  const env =
    first === undefined || process.env['SOPS_AGE_KEY_FILE'] !== undefined
      ? process.env
      : { ...process.env, SOPS_AGE_KEY_FILE: resolve(first) }
  const words = ['--decrypt', '--input-type', format, '--output-type', format, resolve(path)]
  const answer = await runProgram('sops', words, { seconds: SECONDS, bytes: BYTES, env }).catch(
    ({ code, message }: NodeJS.ErrnoException) => {
      throw new MailrunError(
        code === 'ENOENT' ? NO_SOPS : `sops was to decrypt this file, and cannot be started: ${message}`,
        path,
      )
    },
  )
  const { code, stdout, stderr, ended } = answer
  if (code === 0 && ended === undefined) return stdout
  const why = ended ?? `ended with ${code}: ${stderr.trim().split('\n').slice(-5).join('\n')}`
  throw new MailrunError(`sops was to decrypt this file, and ${why}`, path)
}

/** The plain values, those secret that were encrypted: sops leaves some as they are where it is asked to. */
export function sealedAs(encrypted: unknown, plain: unknown): unknown {
  if (typeof encrypted === 'string' && CIPHERTEXT.test(encrypted)) return new Secret(plain)
  if (Array.isArray(plain) && Array.isArray(encrypted))
    return plain.map((item, index) => sealedAs(encrypted[index], item))
  if (isMapping(plain) && isMapping(encrypted))
    return Object.fromEntries(Object.entries(plain).map(([key, item]) => [key, sealedAs(encrypted[key], item)]))
  return plain
}

const isMapping = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
