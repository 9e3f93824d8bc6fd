// `npm run bench [NAME …] [-- --quick]`: runs these benches, or all, keeps what they found and writes
// docs/benchmarks.md again. `page` writes it alone; `fuzz` and `opendkim` are no measurements, and have flags of their
// own.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { dirname, join } from 'node:path'
import type { Bench } from './bench.ts'
import { BENCHES } from './benches.ts'
import { benchLab } from './bench-lab.ts'
import { goalsTable } from './page/goals-table.ts'
import { PAGE, pages } from './page/page.ts'
import { withSpeed } from './page/readme.ts'
import { readResults, writeResults, type AllResults } from './results.ts'
import { ROOT } from './root.ts'
import { machineHere } from './versions.ts'

const words = process.argv.slice(2)
if (words[0] === 'fuzz' || words[0] === 'opendkim') {
  // They read their own flags.
  process.argv.splice(2, 1)
  await import(`./${words[0]}.js`)
} else {
  await measure(words)
}

async function measure(given: readonly string[]): Promise<void> {
  // npm keeps a flag for itself that stands before `--`.
  const quick = given.includes('--quick') || process.env['npm_config_quick'] === 'true'
  const names = given.filter((word) => word !== '--quick')
  const known = BENCHES.map(({ name }) => name)
  const wrong = names.filter((name) => !known.includes(name) && name !== 'page')
  if (wrong.length > 0) {
    console.error(
      `there is no benchmark ${wrong.join(', ')}; there are ${known.join(', ')}, page, fuzz and opendkim, ` +
        'and the flag --quick (npm run bench -- --quick)',
    )
    process.exit(1)
  }
  // What a quick turn finds is not worth keeping.
  const root = quick ? join(ROOT, 'dist/quick') : ROOT
  // In the order in which they were named.
  const wanted = names.length === 0 ? BENCHES : names.flatMap((each) => BENCHES.filter(({ name }) => name === each))
  for (const bench of wanted) {
    try {
      await keep(root, bench, quick)
    } catch (error) {
      // The others are worth their time, and this one keeps its former results.
      console.error(`bench: ${bench.name} failed:`, error)
      process.exitCode = 1
    }
  }
  if (wanted.length > 0) await (await benchLab()).labDown()
  console.log(`${goalsTable(writePage(root))}\n${join(root, PAGE)}`)
}

async function keep(root: string, bench: Bench, quick: boolean): Promise<void> {
  const load = Number(loadavg()[0]!.toFixed(1))
  const began = performance.now()
  const outcome = await bench.run({ quick })
  const minutes = Number(((performance.now() - began) / 60_000).toFixed(1))
  writeResults(root, {
    bench: bench.name,
    day: new Date().toISOString().slice(0, 10),
    machine: machineHere(),
    load,
    minutes,
    ...outcome,
  })
  writePage(root)
}

function writePage(root: string): AllResults {
  const all = readResults(
    root,
    BENCHES.map(({ name }) => name),
  )
  const readme = withSpeed(readFileSync(join(ROOT, 'README.md'), 'utf8'), all)
  for (const [path, text] of [...pages(BENCHES, all), ['README.md', readme] as const]) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  return all
}
