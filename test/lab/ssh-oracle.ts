// What `ssh -G` says and what mailrun says of the same destination, for comparison.
import { spawnSync } from 'node:child_process'
import { MailrunError } from '../../src/core/mailrun-error.ts'
import { sshArguments } from '../../src/ssh/config/files/option.ts'
import { printed } from '../../src/ssh/config/printed/printed.ts'
import { readSshConfig, type SystemPaths } from '../../src/ssh/config/files/read-ssh-config.ts'
import { resolved } from '../../src/ssh/config/resolved.ts'
import { inWords, printSsh } from '../../src/ssh/config/printed/print-ssh.ts'

/** The settings, one a line, or why they are refused. */
export type Verdict = { readonly settings: string } | { readonly refused: string }

/** @param words - what stands before the destination, `-F` too. */
export function sshSays(words: readonly string[], host: string): Verdict {
  const { status, signal, stdout, stderr } = spawnSync('ssh', ['-G', ...words, '--', host], {
    encoding: 'buffer',
    timeout: 20_000,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const said = stderr.toString()
  // Where nothing is left of a list of algorithms, ssh says so and goes on without any default; mailrun refuses it.
  if (status === 0)
    return /fill_default_options: .*invalid argument/i.test(said) ? { refused: said } : { settings: stdout.toString() }
  if (status !== 255) throw new Error(`ssh -G ${words.join(' ')} ${host}: ${signal ?? status} ${said}`)
  return { refused: said }
}

/**
 * As `ssh -G` would print it; through what every connection goes through but for what ssh expands later than that.
 * @throws what is no MailrunError, a fault of ours.
 */
export async function mailrunSays(words: readonly string[], host: string, paths?: SystemPaths): Promise<Verdict> {
  try {
    const { options, file } = sshArguments(words, 'options')
    const config = await readSshConfig(file, paths)
    return { settings: printSsh({ all: inWords(printed(await resolved(config, { host, options }))) }) }
  } catch (error) {
    if (error instanceof MailrunError) return { refused: error.message }
    throw error
  }
}

/** The lines in which they differ, or undefined. */
export function difference(ssh: Verdict, ours: Verdict): string | undefined {
  if ('refused' in ssh)
    return 'refused' in ours ? undefined : `ssh refuses it (${ssh.refused.trim()}), mailrun does not`
  if ('refused' in ours) return `mailrun refuses it (${ours.refused}), ssh does not`
  if (ssh.settings === ours.settings) return undefined
  const [theirs, mine] = [ssh.settings.split('\n'), ours.settings.split('\n')]
  return [
    ...theirs.filter((line) => !mine.includes(line)).map((line) => `ssh:     ${line}`),
    ...mine.filter((line) => !theirs.includes(line)).map((line) => `mailrun: ${line}`),
    'or their order',
  ].join('\n')
}

/**
 * Debian's revision of 9.2p1, the N of deb12uN; undefined for another OpenSSH, with which nothing here can be compared.
 */
export function debianRevision(): number | undefined {
  const said = spawnSync('ssh', ['-V'], { encoding: 'utf8' }).stderr
  const found = /^OpenSSH_9\.2p1 Debian-2\+deb12u(\d+)/.exec(said)
  return found === null ? undefined : Number(found[1])
}
