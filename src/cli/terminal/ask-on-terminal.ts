// Asks a question on the terminal, without echo of the answer.
import { closeSync, openSync } from 'node:fs'
import { ReadStream, WriteStream } from 'node:tty'
import pLimit from 'p-limit'
import type { Ask } from '../../ssh/login-keys/passphrases.ts'
import { MailrunError } from '../../core/mailrun-error.ts'
import { said } from '../../report/write/terminal.ts'
import { Secret } from '../../shell/secret.ts'
import { EXIT } from '../exit-status.ts'

/** Control keys as terminals send them. */
const CTRL_C = '\u0003'
const CTRL_D = '\u0004'
const CTRL_U = '\u0015'
const ERASE = ['\u007f', '\b']

/** @param instead - what to do where there is no terminal, for the error. @throws MailrunError */
export function askOnTerminal(question: string, instead: string): Promise<string> {
  let descriptor: number
  try {
    descriptor = openSync('/dev/tty', 'r+')
  } catch {
    throw new MailrunError(`asking for it needs a terminal, and there is none: ${instead}`)
  }
  const keys = new ReadStream(descriptor)
  const screen = new WriteStream(openSync('/dev/tty', 'w'))
  const close = (): void => {
    keys.setRawMode(false)
    keys.destroy()
    screen.end('\n')
  }
  // Before the question: whoever answers it at once would see the answer.
  keys.setRawMode(true)
  screen.write(said(question))
  keys.setEncoding('utf8')
  return new Promise((resolve, reject) => {
    let typed: string[] = []
    keys.on('error', (error) => reject(new MailrunError(`the terminal cannot be read: ${error.message}`)))
    keys.on('data', (chunk: string) => {
      for (const key of chunk) {
        if (key === CTRL_C) {
          close()
          process.exit(EXIT.interrupted)
        }
        if (key === '\r' || key === '\n' || key === CTRL_D) {
          close()
          resolve(typed.join(''))
          return
        }
        if (ERASE.includes(key)) typed.pop()
        else if (key === CTRL_U) typed = []
        else typed.push(key)
      }
    })
  })
}

const oneAtATime = pLimit(1)

/** Asks as long as there is a terminal; `undefined` where there is none. */
export function terminalAsk(): Ask | undefined {
  try {
    closeSync(openSync('/dev/tty', 'r+'))
  } catch {
    return undefined
  }
  return (question, instead) => oneAtATime(async () => new Secret(await askOnTerminal(question, instead)))
}
