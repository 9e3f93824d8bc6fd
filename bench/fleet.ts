// Seconds of the main job on 4 and on 20 hosts, beside the same questions asked by hand over plain ssh: `npm run bench`. Has a lab of its own.
import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { keyringFor } from '../src/run/keyring-for.ts'
import { readFleet } from '../src/run/read-fleet.ts'
import type { RunDocument } from '../src/report/json.ts'
import { askByHand } from './by-hand.ts'

process.env['MAILRUN_LAB_NAME'] = 'bench'
const lab = await import('../lab/index.ts')

const ROOT = join(import.meta.dirname, '../..')
const SIZES = [4, 20]
/** Each is measured this often, in turns, and its median told. */
const TURNS = 7

interface Ended { readonly code: number; readonly stdout: string; readonly stderr: string }
const node = (...args: readonly string[]): Promise<Ended> =>
  new Promise((resolve) => execFile(process.execPath, args, { cwd: ROOT, maxBuffer: 1 << 28 }, (error, stdout, stderr) => resolve({ code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr })))

async function seconds(what: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await what()
  return (performance.now() - began) / 1000
}
const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!

let trips: readonly number[] = []
const dkim = async (wanted: number, ...words: readonly string[]): Promise<void> => {
  const { code, stdout, stderr } = await node('dist/src/cli/main.js', 'playbooks/dkim.ts', '-i', lab.inventoryPath, '--become-password-file', lab.becomePasswordFile, '--format', 'json', ...words)
  if (code !== wanted) throw new Error(`mailrun ${words.join(' ')} ended with ${code}, not ${wanted}\n${stdout}${stderr}`)
  trips = [...new Set((JSON.parse(stdout) as RunDocument).hosts.map((host) => host.trips))].sort()
}

const rows: string[] = []
const row = (hosts: number, what: string, took: number, madeTrips: string, byHand: number | undefined): void => {
  const line = `| ${hosts} | ${what} | ${took.toFixed(2)} | ${madeTrips} | ${byHand === undefined ? '' : (took / byHand).toFixed(2)} |`
  rows.push(line)
  console.log(line)
}

try {
  for (const size of SIZES) {
    await lab.labUp({ size, tools: false, wire: undefined })
    const { hosts } = await readFleet({ inventory: [lab.inventoryPath] }, new Map(), undefined, keyringFor({}))
    row(size, '`--check` on fresh hosts', await seconds(() => dkim(2, '--check')), trips.join(', '), undefined)
    row(size, 'first run', await seconds(() => dkim(0)), trips.join(', '), undefined)
    const took = { run: [] as number[], check: [] as number[], hand: [] as number[] }
    for (let turn = 0; turn < TURNS; turn += 1) {
      took.hand.push(await seconds(() => askByHand(hosts, lab.becomePasswordFile)))
      took.run.push(await seconds(() => dkim(0)))
      took.check.push(await seconds(() => dkim(0, '--check')))
    }
    const hand = median(took.hand)
    row(size, 'second run', median(took.run), trips.join(', '), hand)
    row(size, '`--check`', median(took.check), trips.join(', '), hand)
    row(size, 'by hand: the same questions, `ssh` to all hosts at once', hand, '', hand)
    await lab.labDown()
  }
} finally {
  await lab.labDown()
}
const start: number[] = []
const bare: number[] = []
for (let turn = 0; turn < TURNS; turn += 1) {
  start.push(await seconds(() => node('dist/src/cli/main.js', '--help')))
  bare.push(await seconds(() => node('-e', '0')))
}

writeFileSync(join(ROOT, 'bench/figures.md'), `# Figures

Written by \`npm run bench\`: playbooks/dkim.ts, two domains, hosts of the lab on one machine with ${availableParallelism()} cores, all hosts and the controller sharing them. Medians of ${TURNS} turns,
each turn measuring all three side by side. What counts is the last column: the time as a multiple of asking by hand in the same run.

| hosts | what | seconds | trips per host | ÷ by hand |
|---|---|---|---|---|
${rows.join('\n')}

\`mailrun --help\` takes ${(median(start) / median(bare)).toFixed(1)} times what \`node -e 0\` takes.
`)
