// Runs a program on this machine, and limits how much of its output is read: the output contains what a name server
// said.
import { spawn } from 'node:child_process'
import type { Untrusted } from '../../../shell/untrusted.ts'
import { UPDATE_BYTES, UPDATE_SECONDS } from '../../bounds/bounds.ts'
import type { Said } from '../said.ts'
import type { UpdateScript } from './update-script.ts'

/** What says more, or takes longer, is killed: `ended` says so. @throws Error where it cannot be started */
export function boundedProgram(program: string, words: readonly string[], input: UpdateScript): Promise<Said> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, LC_ALL: 'C' } })
    const chunks: Untrusted<Buffer>[] = []
    let bytes = 0
    let ended: string | undefined
    const end = (why: string): void => {
      ended ??= why
      child.kill('SIGKILL')
    }
    const timer = setTimeout(() => end(`${program} did not end within ${UPDATE_SECONDS} s`), UPDATE_SECONDS * 1000)
    const listen = (chunk: Untrusted<Buffer>): void => {
      bytes += chunk.length
      if (bytes <= UPDATE_BYTES) chunks.push(chunk)
      else end(`${program} said more than ${UPDATE_BYTES >> 10} kB`)
    }
    child.stdout.on('data', listen)
    child.stderr.on('data', listen)
    // It may end before it has read all.
    child.stdin.on('error', () => {})
    child.on('error', (error) => {
      clearTimeout(timer)
      reject(error)
    })
    child.on('close', (code) => {
      clearTimeout(timer)
      const said = { code: code ?? 1, output: Buffer.concat(chunks).toString() }
      resolve(ended === undefined ? said : { ...said, ended })
    })
    child.stdin.end(input)
  })
}
