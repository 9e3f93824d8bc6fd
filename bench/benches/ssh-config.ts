// What ssh_config costs: a process that finds out how hosts are reached, and connects to none.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { alternate } from '../alternate.ts'
import type { Bench, Outcome } from '../bench.ts'
import { benchLab } from '../bench-lab.ts'
import { timed } from '../timed.ts'
import { nodeVersion, opensshVersion } from '../versions.ts'

/** The one job of this bench. */
const RESOLVE = 'find out how hosts are reached'
const NO_FILE = 'no ssh_config'
const SIZES = [1, 1000]
const BLOCKS = 100

/** Debian's own, without its comments. */
const STOCK = 'Host *\n  SendEnv LANG LC_*\n  HashKnownHosts yes\n  GSSAPIAuthentication yes\n'

/** By name. Each tenth host of the fleet has a block of its own in `100 Host blocks`. */
const CONFIGS: Readonly<Record<string, string | undefined>> = {
  [NO_FILE]: undefined,
  "Debian's own": STOCK,
  '100 `Host` blocks': Array.from(
    { length: BLOCKS },
    (_, index) => `Host mx${index * 10}\n  HostName 192.0.2.${index}\n  User ops\n  IdentityFile ~/.ssh/%h\n`,
  ).join(''),
  '`Match exec`': `Match exec "test -e /nowhere"\n  ProxyJump bastion\n${STOCK}`,
  '`Match exec` with `%h`': `Match exec "test %h = bastion"\n  Port 2222\n${STOCK}`,
}

const ABOUT = [
  'A process of its own reads the file, asks `ssh -G` as often as it must, and ends. ' +
    'Hosts that must get the same answer ' +
    'share one: one process for Debian’s own file and for a `Match exec` that is the same for all, ' +
    `${BLOCKS} and one for ${BLOCKS} blocks, one for each host where its name is given to a command.`,
  'CPU ms are those of ssh and of what it runs, too.',
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
    const folder = mkdtempSync(join(tmpdir(), 'mailrun-bench-'))
    try {
      const program = join(import.meta.dirname, '../ssh-config-program.js')
      const contenders = (hosts: number) =>
        Object.entries(CONFIGS).map(([who, text], index) => {
          const file = text === undefined ? 'none' : join(folder, `config-${index}`)
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
      const measured = []
      for (const hosts of SIZES)
        measured.push(...(await alternate(RESOLVE, hosts, contenders(hosts), { rounds: quick ? 1 : 9, seconds: 240 })))
      return { versions: { ...nodeVersion(), ...(await opensshVersion()) }, measured }
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
}
