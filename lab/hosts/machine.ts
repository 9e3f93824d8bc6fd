// A host of the lab as a running container: whether it runs, how to start it, how to cut its power.
import { spawn } from 'node:child_process'
import { openSync, closeSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { LabHost } from '../fleet.ts'
import { connect } from 'node:net'
import type { Image } from '../image/image.ts'
import type { Lab } from '../lab.ts'
import { LabError } from '../lab-error.ts'
import { inHost } from './in-host.ts'
import { namespacePath } from '../network/network.ts'
import { containerCommand, removeControlGroups } from './nspawn.ts'
import { endProcesses, processesBelow, processesInNamespace, runningProcesses } from './processes.ts'

const BOOT_SECONDS = 90

export const hostDir = (lab: Lab, host: Pick<LabHost, 'name'>): string => join(lab.stateDir, 'hosts', host.name)
export const hostRoot = (lab: Lab, host: Pick<LabHost, 'name'>): string => join(hostDir(lab, host), 'root')
const machineName = (lab: Lab, host: Pick<LabHost, 'name'>): string => `${lab.prefix}-${host.name}`

/** The host's PID 1 as this machine numbers it; `undefined` where the host does not run. */
export function leader(lab: Lab, host: Pick<LabHost, 'name'>): number | undefined {
  const wanted = `--directory=${hostRoot(lab, host)}`
  const all = runningProcesses()
  const nspawn = all.find(({ args }) => args[0]?.endsWith('systemd-nspawn') && args.includes(wanted))
  return all.find(({ pid, parent }) => parent === nspawn?.pid && innerPid(pid) === '1')?.pid
}

/** Starts it, unless it runs; it lives on when this process ends. */
export function powerOn(lab: Lab, host: LabHost, image: Image): void {
  if (leader(lab, host) !== undefined) return
  const container = {
    machine: machineName(lab, host),
    root: hostRoot(lab, host),
    binds: image.binds,
    runs: { boot: { netns: namespacePath(lab, host), hostname: host.name } },
  }
  const [program = '', ...args] = containerCommand(container)
  const log = openSync(join(hostDir(lab, host), 'log'), 'w')
  try {
    spawn(program, args, {
      detached: true,
      cwd: '/',
      stdio: ['ignore', log, log],
      env: { PATH: process.env['PATH'], SYSTEMD_NSPAWN_LOCK: '0' },
    }).unref()
  } finally {
    closeSync(log)
  }
}

/** As when the plug is pulled. */
export async function powerOff(lab: Lab, host: Pick<LabHost, 'name'>): Promise<void> {
  const pid = leader(lab, host)
  if (pid !== undefined) process.kill(pid, 'SIGKILL')
  await endProcesses(() => [...processesBelow(hostRoot(lab, host)), ...processesInNamespace(namespacePath(lab, host))])
  await removeControlGroups(machineName(lab, host))
}

/**
 * Waits until sshd greets and systemd says that it is up.
 *
 * @throws LabError with the end of its log when it does not come up within 90 s.
 */
export async function waitUntilUp(lab: Lab, host: LabHost, subnet: string): Promise<void> {
  const deadline = performance.now() + BOOT_SECONDS * 1000
  let last = 'its container did not start'
  while (performance.now() < deadline) {
    const pid = leader(lab, host)
    if (pid !== undefined) {
      last = await notYet(pid, `${subnet}.${host.number}`)
      if (last === '') return
    }
    await sleep(100)
  }
  const path = join(hostDir(lab, host), 'log')
  const lines = readFileSync(path, 'utf8').trim().split('\n')
  const log = lines.slice(-10).join('\n  ')
  throw new LabError(
    `${host.name} did not come up within ${BOOT_SECONDS} s: ${last}\n  ${log}\n` +
      `see ${path}; "lab reset ${host.name}" makes it again`,
  )
}

/** What is still missing; empty when nothing is. */
async function notYet(pid: number, address: string): Promise<string> {
  const banner = await greeting(address)
  if (!banner.startsWith('SSH-')) return `sshd at ${address} says "${banner}"`
  const { stdout, stderr } = await inHost(pid, 'systemctl is-system-running --wait')
  const state = stdout.trim()
  return ['running', 'degraded'].includes(state) ? '' : `systemd says "${state || stderr.trim()}"`
}

/** The first line that the port 22 sends, or why none came. */
export function greeting(address: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port: 22, timeout: 5000 })
    const done = (text: string): void => {
      socket.destroy()
      resolve(text)
    }
    socket.once('data', (chunk) => done(chunk.toString('latin1').trim()))
    socket.once('timeout', () => done('nothing within 5 s'))
    socket.once('error', (error) => done(error.message))
    socket.once('close', () => done('closed'))
  })
}

function innerPid(pid: number): string | undefined {
  try {
    return /^NSpid:.*\t(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  } catch {
    return undefined
  }
}
