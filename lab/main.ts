#!/usr/bin/env node
// The lab's command line: `npm run lab -- …`.
import { Command, InvalidArgumentError } from 'commander'
import { changeWire } from './network/rtt.ts'
import { down } from './down.ts'
import { labNameHere, openLab, releasesHere, type Lab } from './lab.ts'
import { RELEASES, parseReleases, type Release } from './image/releases.ts'
import { LabError } from './lab-error.ts'
import { reset } from './reset.ts'
import { say } from './say.ts'
import { ssh } from './access/ssh.ts'
import { flagsTakenByNpm } from './npm-flags.ts'
import { readState } from './state.ts'
import { status, statusText } from './status.ts'
import { up } from './up.ts'

interface UpFlags {
  readonly rtt?: number
  readonly loss?: number
  readonly tools?: boolean
  readonly internet?: boolean
  readonly python?: boolean
  readonly release?: readonly Release[]
}

const DEFAULT_SIZE = 4

const program = new Command('lab')
  .description('A fleet of real Debian hosts on this machine, for trying and testing mailrun.')
  .option('--name <name>', 'which lab; several can be up at once', labNameHere())
  .enablePositionalOptions()
  .showHelpAfterError('("npm run lab -- --help" shows all commands)')

program
  .command('up [hosts]')
  .description(`bring up mx1 … mxN (${DEFAULT_SIZE} for a new lab), mending and resizing what is there`)
  .option('--rtt <ms>', 'round-trip time to the hosts', milliseconds)
  .option('--loss <percent>', 'packets lost each way', percent)
  .option('--tools', 'also the host "verify", with BIND and verifiers')
  .option('--internet', 'also name servers, a resolver and a receiver that verifies mail')
  .option('--release <names>', `Debian releases of the hosts: ${RELEASES.join(', ')}, or both by a comma`, releases)
  .option('--python', 'Python on mx1 … mxN, for other tools than mailrun')
  .action((hosts: string | undefined, flags: UpFlags) => act(async (lab) => upCommand(lab, hosts, flags)))

program
  .command('status')
  .description('hosts, addresses, users, how they are')
  .option('--json', 'as one JSON document')
  .action((flags: { readonly json?: boolean }) =>
    act(async (lab) => {
      const now = await status(lab)
      process.stdout.write(flags.json === true ? `${JSON.stringify(now, null, 2)}\n` : statusText(now))
      return now.hosts.every(({ system }) => system === 'running') ? 0 : 1
    }),
  )

program
  .command('ssh <host> [command...]')
  .description('a shell on a host, or one command there')
  .passThroughOptions()
  .action((host: string, command: readonly string[]) => act((lab) => ssh(lab, host, command)))

program
  .command('rtt')
  .argument('<ms>', 'milliseconds; 0 for none', milliseconds)
  .description('change the round-trip time to the hosts')
  .option('--loss <percent>', 'packets lost each way', percent)
  .action((rttMs: number, flags: { readonly loss?: number }) =>
    act(async (lab) => {
      await changeWire(lab, { rttMs, lossPercent: flags.loss ?? 0 })
      return 0
    }),
  )

program
  .command('reset [hosts...]')
  .description('fresh hosts with the same keys and addresses (all, or those named)')
  .action((hosts: readonly string[]) =>
    act(async (lab) => {
      await reset(lab, hosts.length === 0 ? 'all' : hosts)
      return 0
    }),
  )

program
  .command('down')
  .description('remove the lab; the images stay cached')
  .action(() =>
    act(async (lab) => {
      await down(lab)
      say(`${lab.name} is down`)
      return 0
    }),
  )

for (const command of program.commands) command.option('--name <name>', 'which lab')
try {
  const words = process.argv.slice(2)
  await program.parseAsync([...words, ...flagsTakenByNpm(process.env, words)], { from: 'user' })
} catch (error) {
  tell(error)
}

async function upCommand(lab: Lab, hosts: string | undefined, flags: UpFlags): Promise<number> {
  const began = performance.now()
  const wire =
    flags.rtt === undefined && flags.loss === undefined
      ? undefined
      : { rttMs: flags.rtt ?? 0, lossPercent: flags.loss ?? 0 }
  const release = flags.release ?? releasesHere()
  const size = hosts === undefined ? ((await readState(lab))?.size ?? DEFAULT_SIZE) : Number(hosts)
  await up(lab, {
    size,
    tools: flags.tools ?? false,
    internet: flags.internet ?? false,
    python: flags.python ?? false,
    wire,
    ...(release === undefined ? {} : { releases: release }),
  })
  say(`${size} hosts up in ${((performance.now() - began) / 1000).toFixed(1)} s; inventory: ${lab.inventoryPath}`)
  return 0
}

/** Runs a command; a LabError is a message, anything else is a fault of the lab and shows its stack. */
async function act(command: (lab: Lab) => Promise<number>): Promise<void> {
  try {
    const flags = program.commands.map((each) => each.opts<{ name?: string }>().name)
    const name = flags.find((each) => each !== undefined) ?? program.opts<{ name: string }>().name
    process.exitCode = await command(openLab(name))
  } catch (error) {
    tell(error)
  }
}

function tell(error: unknown): void {
  console.error(error instanceof LabError ? `lab: ${error.message}` : error)
  process.exitCode = 1
}

function releases(words: string): readonly Release[] {
  try {
    return parseReleases(words)
  } catch (error) {
    throw new InvalidArgumentError((error as LabError).message)
  }
}

function milliseconds(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !(value >= 0 && value <= 10_000))
    throw new InvalidArgumentError(`wanted milliseconds from 0 to 10000, got "${text}"`)
  return value
}

function percent(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !(value >= 0 && value < 100))
    throw new InvalidArgumentError(`wanted percent from 0 up to 100, got "${text}"`)
  return value
}
