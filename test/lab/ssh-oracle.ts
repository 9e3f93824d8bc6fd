// What `ssh -G` of a Debian release says of a destination that it is asked for by itself, and what mailrun has of it.
import { execFileSync, spawnSync } from 'node:child_process'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ensureImage } from '../../lab/image/build-image.ts'
import { labNameHere, openLab } from '../../lab/lab.ts'
import type { Release } from '../../lab/image/releases.ts'
import { MailrunError } from '../../src/core/mailrun-error.ts'
import { answerOf, valueOf, type Answer } from '../../src/ssh/config/ask/answer.ts'
import { askSsh } from '../../src/ssh/config/ask/ask-ssh.ts'
import { keywordOf } from '../../src/ssh/config/keywords.ts'
import { destination, sshResolver, type SshResolver } from '../../src/ssh/config/resolver.ts'
import type { Destination } from '../../src/ssh/config/share/destination.ts'
import { sshArguments } from '../../src/ssh/config/ssh-words.ts'

/** The settings, or why they are refused. */
export type Verdict = { readonly settings: Answer } | { readonly refused: string }

/** A program that runs the release's ssh(1) on this machine, with this machine's files. @param folder - for it. */
export async function sshOf(release: Release, folder: string): Promise<string> {
  const lab = openLab(labNameHere())
  const { digest } = await ensureImage(lab, release, { tools: false, internet: false, python: false })
  const base = join(lab.cacheDir, digest, 'base')
  const lib = readdirSync(join(base, 'usr/lib')).find((name) => name.endsWith('-linux-gnu'))!
  const loader = readdirSync(join(base, 'usr/lib', lib)).find((name) => /^ld-linux.*\.so\.\d+$/.test(name))!
  const libraries = join(base, 'usr/lib', lib)
  const program = join(folder, 'ssh')
  writeFileSync(
    program,
    `#!/bin/sh\nexec '${libraries}/${loader}' --library-path '${libraries}' '${base}/usr/bin/ssh' "$@"\n`,
    { mode: 0o755 },
  )
  return program
}

/** `9.2` */
export const versionOf = (program: string): string =>
  /^OpenSSH_(\d+\.\d+)/.exec(spawnSync(program, ['-V'], { encoding: 'utf8' }).stderr)![1]!

/** The N of deb12uN, or deb13uN. */
export const debianRevision = (program: string): number =>
  Number(/deb\d+u(\d+)/.exec(spawnSync(program, ['-V'], { encoding: 'utf8' }).stderr)?.[1] ?? 0)

/** @param words - what stands before the destination, `-F` too. */
export function sshSays(program: string, words: readonly string[], { host, user, port }: Destination): Verdict {
  const own = [...(port === undefined ? [] : ['-p', String(port)]), ...(user === undefined ? [] : ['-l', user])]
  const { status, signal, stdout, stderr } = spawnSync(program, ['-G', ...own, ...words, '--', host], {
    encoding: 'utf8',
    timeout: 20_000,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  if (status === 0) return { settings: answerOf(stdout) }
  if (status !== 255) throw new Error(`ssh -G ${words.join(' ')} ${host}: ${signal ?? status} ${stderr}`)
  return { refused: stderr }
}

/** @throws what is no MailrunError, a fault of ours. */
export async function mailrunSays(resolver: SshResolver, to: Destination): Promise<Verdict> {
  try {
    return { settings: await resolver.answer(to) }
  } catch (error) {
    if (error instanceof MailrunError) return { refused: error.message }
    throw error
  }
}

/** The lines in which they differ, or undefined. */
export function difference(ssh: Verdict, ours: Verdict): string | undefined {
  if ('refused' in ssh) {
    // Who goes through himself is reported so where the way is walked.
    if (/jumphost loop/i.test(ssh.refused)) return undefined
    return 'refused' in ours ? undefined : `ssh refuses it (${ssh.refused.trim()}), mailrun does not`
  }
  if ('refused' in ours) return `mailrun refuses it (${ours.refused}), ssh does not`
  // Where ssh was not asked there is less.
  const isAsked = valueOf(ours.settings, 'ciphers') !== undefined
  const counts = (keyword: string): boolean =>
    isAsked || (keywordOf(keyword)?.use === 'honoured' && keywordOf(keyword)?.defaults !== 'list')
  const lines = ({ settings }: { readonly settings: Answer }): readonly string[] => {
    const made = settings.filter(({ keyword }) => counts(keyword)).map(({ keyword, value }) => `${keyword} ${value}`)
    return isAsked ? made : made.sort()
  }
  const [theirs, mine] = [lines(ssh), lines(ours)]
  if (theirs.join('\n') === mine.join('\n')) return undefined
  return [
    ...theirs.filter((line) => !mine.includes(line)).map((line) => `ssh:     ${line}`),
    ...mine.filter((line) => !theirs.includes(line)).map((line) => `mailrun: ${line}`),
    'or their order',
  ].join('\n')
}

export interface Count {
  destinations: number
  /** Processes of mailrun's. */
  questions: number
}

/**
 * What differs between what each destination gets of its kind and what it gets by itself.
 *
 * @param words - before the destination.
 */
export async function differencesOf(
  program: string,
  words: readonly string[],
  wanted: readonly Partial<Destination>[],
  count: Count,
): Promise<readonly string[]> {
  const options = sshArguments(words, 'options')
  const all = wanted.map((each): Destination => ({
    ...destination(each.host!),
    program,
    after: options.words,
    lines: options.lines,
    ...each,
  }))
  const resolver = (): SshResolver =>
    sshResolver(options.file, (question) => {
      count.questions += 1
      return askSsh(question)
    })
  const own = all.map((each) => ({ each, ssh: sshSays(program, words, each) }))
  // One that is refused ends a run.
  const together = resolver()
  const found: string[] = []
  for (const { each, ssh } of own) {
    const differs = difference(ssh, await mailrunSays('refused' in ssh ? resolver() : together, each))
    if (differs !== undefined) found.push(`${each.host} ${words.join(' ')}\n${differs}`)
    count.destinations += 1
  }
  return found
}

/** Runs a command where these folders and files are mounted over others, by path. */
export const mounted = (mounts: Readonly<Record<string, string>>, command: readonly string[]): string =>
  execFileSync(
    'unshare',
    [
      '--mount',
      'sh',
      '-c',
      `${Object.entries(mounts)
        .map(([at, from]) => `mount --bind '${from}' '${at}' &&`)
        .join(' ')} exec "$@"`,
      'sh',
      ...command,
    ],
    { encoding: 'utf8' },
  )
