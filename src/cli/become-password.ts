// The sudo password: asked for on the terminal without echo, or read from a file.
import { openSync } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { ReadStream, WriteStream } from 'node:tty'
import { MailrunError } from '../model/mailrun-error.ts'
import { Secret } from '../shell/secret.ts'
import { EXIT } from './exit-status.ts'
import type { FleetFlags } from './options.ts'

/** `undefined` where neither flag was given. @throws MailrunError */
export async function becomePassword(flags: FleetFlags, warn: (line: string) => void): Promise<Secret | undefined> {
  if (flags.becomePasswordFile !== undefined) return passwordFromFile(flags.becomePasswordFile, warn)
  return flags.askBecomePass === true ? passwordFromTerminal() : undefined
}

async function passwordFromFile(path: string, warn: (line: string) => void): Promise<Secret> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new MailrunError(`--become-password-file ${path} cannot be read: ${error.message.replace(/,.*$/, '')}`)
  })
  const password = text.split(/\r?\n/, 1)[0]!
  if (password === '') throw new MailrunError(`--become-password-file ${path}: its first line is empty; wanted the sudo password there`)
  const { mode } = await stat(path)
  if ((mode & 0o077) !== 0) warn(`${path} can be read by others (mode ${(mode & 0o7777).toString(8).padStart(4, '0')}); chmod 600 it`)
  return new Secret(password)
}

async function passwordFromTerminal(): Promise<Secret> {
  const password = await askOnTerminal('sudo password for the hosts: ')
  if (password === '') throw new MailrunError('no sudo password was given')
  return new Secret(password)
}

/** Control keys as terminals send them. */
const CTRL_C = '\u0003'
const CTRL_D = '\u0004'
const CTRL_U = '\u0015'
const ERASE = ['\u007f', '\b']

function askOnTerminal(question: string): Promise<string> {
  let descriptor: number
  try {
    descriptor = openSync('/dev/tty', 'r+')
  } catch {
    throw new MailrunError('--ask-become-pass needs a terminal, and there is none; use --become-password-file')
  }
  const keys = new ReadStream(descriptor)
  const screen = new WriteStream(openSync('/dev/tty', 'w'))
  const close = (): void => {
    keys.setRawMode(false)
    keys.destroy()
    screen.end('\n')
  }
  screen.write(question)
  keys.setRawMode(true)
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
