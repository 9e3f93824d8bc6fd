// Benchmark: the cost of a host for the controller, from 100 to 5,000 hosts: processor time, memory, delay of the event
// loop, seconds.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { alternate, type Contender } from '../alternate.ts'
import { MAILRUN, type Bench, type Outcome } from '../bench.ts'
import { MAIN, ROOT } from '../root.ts'
import type { Measured } from '../results.ts'
import { withCrowd, type Crowd } from '../scale/crowd.ts'
import type { LoopDelay } from '../scale/meter.ts'
import { timed, type Command } from '../timed.ts'
import { nodeVersion } from '../versions.ts'

const SIZES = [100, 1000, 5000]
const HELD = [100, 1000]
const LISTED = [1000, 10_000]
const AT_ONCE = 32
/** Megabytes. The goal counts only memory above this. */
const BASE_MEGABYTES = 100

const SSH2_ALONE = 'ssh2 alone'
const PING = '`mailrun ping`'
const PLAYBOOK = join(ROOT, 'bench/scale/playbook.ts')

const ABOUT = [
  'One host of the lab answers for all hosts: it has every address of a network, ' +
    `and each connection has its own sshd and shell. The tools work on ${AT_ONCE} hosts at once. ` +
    "ssh2 alone connects to each host with mailrun's algorithms and runs `true`,",
  'in a process of Node that does nothing else. ' +
    'mailrun checks a playbook of 14 tasks with nothing to do: ' +
    'playbooks/dkim.ts without keys, because two hosts must not have the same key. ' +
    '`mailrun ping` asks one question. Only the process of the tool is measured, with its start:',
  'processor time for each host, the most memory, ' +
    'and how late its event loop runs a timer (for 99 %, and at worst). ' +
    'Hosts and tool share the processors: the seconds are mostly those of the hosts.',
  'What a check costs beyond ssh2 is spread thin: of each host, mailrun reads the answers (0.8 ms), makes the tasks ' +
    '(0.6), plans them (0.4) and reads its part of the inventory (0.3). Tried: the script of a trip is written once ' +
    'for hosts that are asked the same, and what is computed for a host only where it is needed: a tenth less. ' +
    "To keep answers that are equal would flatter this benchmark, in which all hosts are one; V8's own settings " +
    'made real runs slower.',
].join('\n')

export const scale: Bench = {
  name: 'scale',
  title: 'Many hosts',
  at: 'hosts',
  against: [SSH2_ALONE],
  about: ABOUT,
  plots: [{ job: 'CPU per host', title: "The controller's processor time per host" }],
  run: ({ quick }): Promise<Outcome> =>
    withCrowd(async (crowd) => {
      await timed({ words: mailrun([PLAYBOOK, '-i', crowd.inventory(1)]), cwd: ROOT, env: {}, wanted: [0] })
      const measured: Measured[] = []
      for (const size of quick ? [20] : SIZES)
        measured.push(
          ...(await alternate('CPU per host', size, contenders(crowd, size), {
            rounds: quick ? 1 : size > 1000 ? 1 : 3,
            seconds: 900,
          })),
        )
      for (const size of quick ? [20] : HELD) measured.push(await held(crowd, size))
      for (const size of quick ? [100] : LISTED) measured.push(...(await listed(crowd, size, quick ? 1 : 3)))
      return { versions: nodeVersion(), measured: [...measured, ...derived(measured)] }
    }),
}

const mailrun = (words: readonly string[]): readonly string[] => [process.execPath, MAIN, ...words]

function contenders(crowd: Crowd, size: number): readonly Contender[] {
  const inventory = crowd.inventory(size)
  const input = join(crowd.folder, `alone-${size}.json`)
  writeFileSync(
    input,
    JSON.stringify({
      hosts: crowd.addresses(size).map((address) => ({ address, port: 22, user: 'root' })),
      keyFile: crowd.keyFile,
      atOnce: AT_ONCE,
    }),
  )
  const program = join(ROOT, 'dist/bench/contenders/ssh2-alone-program.js')
  const flags = ['-i', inventory, '--forks', String(AT_ONCE), '--format', 'ndjson']
  return [
    metered(SSH2_ALONE, crowd, size, [
      'sh',
      '-c',
      'exec "$0" --import "$1" "$2" <"$3"',
      process.execPath,
      METER,
      program,
      input,
    ]),
    metered(PING, crowd, size, [process.execPath, '--import', METER, ...mailrun(['ping', ...flags]).slice(1)]),
    metered(MAILRUN, crowd, size, [
      process.execPath,
      '--import',
      METER,
      ...mailrun([PLAYBOOK, '--check', ...flags]).slice(1),
    ]),
  ]
}

const METER = join(ROOT, 'dist/bench/scale/meter.js')

const metered = (who: string, { folder }: Crowd, size: number, words: readonly string[]): Contender => ({
  who,
  turns: 1,
  async run() {
    const meter = join(folder, 'meter.json')
    const command: Command = { words, cwd: ROOT, env: { MAILRUN_METER: meter }, wanted: [0] }
    const { seconds, cpuSeconds, megabytes } = await timed(command)
    const { p99, longest } = JSON.parse(readFileSync(meter, 'utf8')) as LoopDelay
    return { ms: (cpuSeconds * 1000) / size, MB: megabytes, 'loop late by, ms': p99, 'at worst': longest, s: seconds }
  },
})

async function held(crowd: Crowd, size: number): Promise<Measured> {
  const { stdout } = await timed({
    words: [process.execPath, '--expose-gc', join(ROOT, 'dist/bench/scale/held-program.js'), crowd.inventory(size)],
    cwd: ROOT,
    env: {},
    wanted: [0],
  })
  return { job: 'memory per open connection', at: size, who: MAILRUN, unit: 'kB', values: [Number(stdout)] }
}

/** Lists an inventory, in Ansible's two forms. */
function listed(crowd: Crowd, size: number, rounds: number): Promise<readonly Measured[]> {
  const hosts = Array.from({ length: size }, (_, index) => ({
    name: `mx${index + 1}.fleet.test`,
    address: `10.${Math.floor(index / 62_500)}.${Math.floor(index / 250) % 250}.${index % 250}`,
  }))
  const yamlOf = ({ name, address }: (typeof hosts)[number]): string =>
    `    ${name}:\n      ansible_host: ${address}\n      rack: r1\n`
  const texts = {
    yaml: `mail:\n  hosts:\n${hosts.map(yamlOf).join('')}`,
    ini: `[mail]\n${hosts.map(({ name, address }) => `${name} ansible_host=${address} rack=r1\n`).join('')}`,
  }
  return alternate(
    'an inventory listed',
    size,
    Object.entries(texts).map(([form, text]) => ({
      who: form === 'yaml' ? 'YAML' : 'INI',
      turns: 1,
      async run() {
        const path = join(crowd.folder, `listed-${size}.${form}`)
        writeFileSync(path, text)
        const { cpuSeconds, megabytes } = await timed({
          words: mailrun(['inventory', '--list-hosts', '-i', path]),
          cwd: ROOT,
          env: {},
          wanted: [0],
        })
        return { 'CPU s': cpuSeconds, MB: megabytes }
      },
    })),
    { rounds, seconds: 60 },
  )
}

/** Computes the values of the goal from the measurements. */
const derived = (measured: readonly Measured[]): readonly Measured[] =>
  measured
    .filter(({ job, who, unit }) => job === 'CPU per host' && who === MAILRUN && unit === 'MB')
    .map(({ at, who, values }) => ({
      job: 'memory beyond 100 MB per host',
      at,
      who,
      unit: 'kB',
      values: values.map((megabytes) => ((megabytes - BASE_MEGABYTES) * 1000) / at),
    }))
