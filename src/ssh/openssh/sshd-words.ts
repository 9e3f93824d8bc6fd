// Reads what an sshd sends before its identification if it accepts nobody. The system's ssh shows this only with -v.
import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { SSH_WORDS_BYTES } from '../../core/bounds.ts'
import { endGroup } from '../shell/child-shell.ts'
import type { Untrusted } from '../../shell/untrusted.ts'

/** ssh's own words, of each ssh on the way (kex_exchange_identification of kex.c). */
const SAID = /^debug1: kex_exchange_identification: banner line \d+: (.*)$/
const IDENTIFIED = 'debug1: Remote protocol version '

/**
 * Ends ssh as soon as the last sshd has identified itself: nobody logs in to it.
 *
 * @param child - an ssh with -v.
 * @param hops - how many sshds are on the way, the host's own included.
 * @returns line by line; empty where nothing was said.
 */
export function sshdWords(child: ChildProcessWithoutNullStreams, hops: number): Promise<Untrusted> {
  return new Promise((resolve) => {
    const said: string[] = []
    let identified = 0
    let bytes = 0
    let rest = ''
    const end = (): void => {
      endGroup(child)
      resolve(said.join('\n'))
    }
    child.stdin.on('error', () => {})
    child.stdout.resume()
    child.stderr.on('data', (chunk: Untrusted<Buffer>) => {
      bytes += chunk.length
      const lines = (rest + chunk.toString()).split(/\r?\n/)
      rest = lines.pop()!
      for (const line of lines) {
        const words = SAID.exec(line)?.[1]
        if (words !== undefined) said.push(words)
        if (line.startsWith(IDENTIFIED)) identified += 1
      }
      if (identified >= hops || bytes > SSH_WORDS_BYTES) end()
    })
    child.once('error', end)
    child.once('close', end)
  })
}
