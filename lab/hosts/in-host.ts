// Runs a script as root inside a host without its sshd: nsenter(1) on its PID 1.
import { spawn } from 'node:child_process'

export interface ScriptResult {
  /** `null` where a signal ended it. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

const ENVIRONMENT = [
  'HOME=/root',
  'USER=root',
  'LOGNAME=root',
  'LANG=C.UTF-8',
  'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
]

export function inHost(pid: number, script: string): Promise<ScriptResult> {
  const enter = [
    '--target',
    String(pid),
    '--mount',
    '--uts',
    '--ipc',
    '--net',
    '--pid',
    '--root',
    '--',
    'env',
    '-i',
    '--chdir=/',
    ...ENVIRONMENT,
    'sh',
  ]
  const child = spawn('nsenter', enter, { stdio: 'pipe' })
  const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []]
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk))
  // A script that ends before it was read to its end is no fault of ours.
  child.stdin.on('error', () => undefined)
  child.stdin.end(script)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) =>
      resolve({ code, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() }),
    )
  })
}
