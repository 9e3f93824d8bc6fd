// Reads the mail that arrived at the lab's receiver, with the results that its verifiers added.
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  parseAuthenticationResults,
  type AuthenticationResult,
  type AuthenticationResults,
} from '../../src/mail/messages/authentication-results.ts'
import { headerFields, valuesOfField } from '../../src/mail/messages/header-fields.ts'
import type { Lab } from '../lab.ts'
import { LabError } from '../lab-error.ts'
import { hostRoot } from '../hosts/machine.ts'
import { AUTHSERV_ID } from './names.ts'
import { MAILDIR } from './receiver-conf.ts'

export interface ReceivedMail {
  /** Of its file in the Maildir. */
  readonly name: string
  /** As it lies there: one character a byte, lines end with LF. */
  readonly raw: string
  /** Bodies of the header fields of that name, unfolded, the topmost first. */
  header(name: string): readonly string[]
  /** With the angle brackets; empty where there is none. */
  readonly messageId: string
  /**
   * Of the receiver's own verifiers, the last to speak first: OpenDMARC (dmarc, spf), OpenDKIM (dkim), policyd-spf
   * (spf).
   */
  readonly authenticationResults: readonly AuthenticationResults[]
  /** Theirs for one method: `spf` has two, for OpenDMARC looks for itself. */
  results(method: 'spf' | 'dkim' | 'dmarc'): readonly AuthenticationResult[]
}

/**
 * Waits for a message, looking at all that the receiver has.
 *
 * @throws LabError that lists what came instead, when none is there after so many milliseconds.
 */
export async function receivedMail(
  lab: Lab,
  wanted: (mail: ReceivedMail) => boolean,
  timeoutMs: number,
): Promise<ReceivedMail> {
  const read = new Map<string, ReceivedMail>()
  const deadline = performance.now() + timeoutMs
  for (;;) {
    await readNew(join(hostRoot(lab, { name: 'receiver' }), MAILDIR, 'new'), read)
    const found = [...read.values()].find(wanted)
    if (found !== undefined) return found
    if (performance.now() > deadline) {
      const others = [...read.values()].map(
        (mail) => `\n  ${mail.header('Delivered-To')[0] ?? ''} ${mail.messageId} ${mail.header('Subject')[0] ?? ''}`,
      )
      const has = others.length === 0 ? 'none' : `${others.length}:${others.join('')}`
      throw new LabError(`the receiver got no such message within ${timeoutMs} ms; it has ${has}`)
    }
    await sleep(100)
  }
}

/** Pure. */
export function parseMail(name: string, raw: string): ReceivedMail {
  const fields = headerFields(raw)
  const header = (wanted: string): readonly string[] => valuesOfField(fields, wanted)
  const authenticationResults = header('Authentication-Results')
    .map(parseAuthenticationResults)
    .filter(({ authservId }) => authservId === AUTHSERV_ID)
  return {
    name,
    raw,
    header,
    messageId: header('Message-ID')[0] ?? '',
    authenticationResults,
    results: (method) =>
      authenticationResults.flatMap(({ results }) => results.filter((each) => each.method === method)),
  }
}

async function readNew(directory: string, read: Map<string, ReceivedMail>): Promise<void> {
  for (const name of await readdir(directory).catch(() => [])) {
    if (!read.has(name)) read.set(name, parseMail(name, await readFile(join(directory, name), 'latin1')))
  }
}
