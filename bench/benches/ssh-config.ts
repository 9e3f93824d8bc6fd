// Benchmark: the cost of an ssh_config. It measures the time to find out how hosts are reached, and the time of a whole
// run on one host.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type * as LabModule from '../../lab/index.ts'
import { alternate, type Contender } from '../alternate.ts'
import type { Bench, Outcome } from '../bench.ts'
import { benchLab } from '../bench-lab.ts'
import { configured, NONE } from '../contenders/configured.ts'
import { withFleet } from '../contenders/job.ts'
import { settle } from '../contenders/mailrun.ts'
import type { Measured } from '../results.ts'
import { timed } from '../timed.ts'
import { nodeVersion, versionsOf } from '../versions.ts'

type Lab = typeof LabModule

const RESOLVE = 'find out how hosts are reached'
/** On one host: what the goal is about. */
export const IDLE_RUN = 'nothing to do, one host'
export const NO_FILE = 'no ssh_config'
export const OWN_FILE = "Debian's own"
export const OWN_BLOCK = 'a `Host` block for the host'
/** The time of a run, divided by that of the run without a file in the same round. */
export const RATIO = 'ratio in its round'
const SIZES = [1, 1000]
const BLOCKS = 100

/** Debian's own, without its comments. */
const STOCK = 'Host *\n  SendEnv LANG LC_*\n  HashKnownHosts yes\n  GSSAPIAuthentication yes\n'

/** By name. Each tenth host of the fleet has a block of its own in `100 Host blocks`. */
const CONFIGS: Readonly<Record<string, string | undefined>> = {
  [NO_FILE]: undefined,
  [OWN_FILE]: STOCK,
  '100 `Host` blocks': Array.from(
    { length: BLOCKS },
    (_, index) => `Host mx${index * 10}\n  HostName 192.0.2.${index}\n  User ops\n  IdentityFile ~/.ssh/%h\n`,
  ).join(''),
  '`Match exec`': `Match exec "test -e /nowhere"\n  ProxyJump bastion\n${STOCK}`,
  '`Match exec` with `%h`': `Match exec "test %h = bastion"\n  Port 2222\n${STOCK}`,
}

/** The runs on one host: each of the three has as many turns. */
const PAIRS = 41

const ABOUT = [
  'To find out how hosts are reached, a process reads the file, starts `ssh -G` as often as it must, and ends. ' +
    'Hosts that must get the same answer share one process: one is enough for Debian’s own file, ' +
    'and for a `Match exec` that does not depend on the host. ' +
    `${BLOCKS} blocks need one process each, and two for the other hosts. ` +
    'A `Match exec` with `%h` needs one process for each host. ' +
    'CPU ms include ssh and the commands that it starts.',
  '',
  'The other table is about a whole run: `mailrun playbooks/dkim.ts` on one host of the lab, with nothing to do. ' +
    'The three runs take turns, so that other work of the machine affects all of them. ' +
    'With Debian’s own file, `ssh -G` starts before mailrun reads inventory and playbook. ' +
    'With a `Host` block for the only host, it starts when the inventory has been read, before the playbook is. ' +
    `"${RATIO}" is the time of a run divided by that of the run without a file in the same round (the median): ` +
    'the seconds depend on what else the machine does, the ratio does not.',
].join('\n')

export const sshConfig: Bench = {
  name: 'ssh-config',
  title: 'ssh_config',
  at: 'hosts',
  against: [NO_FILE],
  about: ABOUT,
  plots: [],
  async run({ quick }): Promise<Outcome> {
    const lab = await benchLab()
    await lab.labPrograms({ time: '/usr/bin/time' })
    const measured = [...(await resolving(quick)), ...(await idleRuns(lab, quick))]
    return { versions: { ...nodeVersion(), ...(await versionsOf(['openssh-client'])) }, measured }
  },
}

async function resolving(quick: boolean): Promise<readonly Measured[]> {
  const folder = mkdtempSync(join(tmpdir(), 'mailrun-bench-'))
  try {
    const program = join(import.meta.dirname, '../ssh-config-program.js')
    const contenders = (hosts: number): readonly Contender[] =>
      Object.entries(CONFIGS).map(([who, text], index) => {
        const file = text === undefined ? NONE : join(folder, `config-${index}`)
        if (text !== undefined) writeFileSync(file, text, { mode: 0o600 })
        const words = [process.execPath, '--conditions=mailrun-modules', program, file, String(hosts)]
        return {
          who,
          turns: 1,
          async run() {
            const { seconds, cpuSeconds, stdout } = await timed({ words, cwd: folder, env: {}, wanted: [0] })
            return { ms: seconds * 1000, 'CPU ms': cpuSeconds * 1000, processes: Number(stdout) }
          },
        }
      })
    const measured: Measured[] = []
    for (const hosts of SIZES)
      measured.push(...(await alternate(RESOLVE, hosts, contenders(hosts), { rounds: quick ? 1 : 9, seconds: 240 })))
    return measured
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function idleRuns(lab: Lab, quick: boolean): Promise<readonly Measured[]> {
  await lab.labUp({ size: 1, tools: false, wire: { rttMs: 0, lossPercent: 0 } })
  return withFleet(await lab.labStatus(), lab.becomePasswordFile, async (fleet) => {
    const { address } = fleet.lab.hosts[0]!
    const [own, block] = [join(fleet.folder, 'own'), join(fleet.folder, 'block')]
    writeFileSync(own, STOCK, { mode: 0o600 })
    writeFileSync(block, `Host ${address}\n  ServerAliveInterval 20\n${STOCK}`, { mode: 0o600 })
    const files = new Map([
      [NO_FILE, NONE],
      [OWN_FILE, own],
      [OWN_BLOCK, block],
    ])
    await settle(fleet)
    const contenders = configured(fleet, files)
    // Once before it counts: compiled forms are kept.
    for (const { run } of contenders) await run()
    return withRatios(await alternate(IDLE_RUN, 1, contenders, { rounds: quick ? 1 : PAIRS, seconds: 240 }))
  })
}

/** Of one job, with the ratios of each round. */
function withRatios(measured: readonly Measured[]): readonly Measured[] {
  const times = measured.filter(({ unit }) => unit === 'ms')
  const without = times.find(({ who }) => who === NO_FILE)!.values
  const ratios = times.map((each) => ({
    ...each,
    unit: RATIO,
    values: each.values.map((time, round) => time / without[round]!),
  }))
  return [...measured, ...ratios]
}
