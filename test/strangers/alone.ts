// Judges some parsers in a process of their own: after hundreds of others, V8's heap and compiled code take their time.
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parsersOf, sources, titleOf, type Parser } from './marked.ts'
import { judge } from './runner.ts'

const HERE = fileURLToPath(import.meta.url)
const AS_MODULES = ['--import', fileURLToPath(new URL('../as-modules.js', import.meta.url)), '--enable-source-maps']
/** What is too slow is so every time. */
const PROCESSES = 3

interface Asked {
  readonly titles: readonly string[]
  /** Where they are. */
  readonly folders: readonly string[]
  /** On all texts; else on some of them. */
  readonly every: boolean
}

interface Slow {
  readonly title: string
  readonly why: string
}

/** Those of them that are too slow in each of some new processes, with what was measured last. */
export function slowAlone(parsers: readonly Parser[], { folders, every }: Omit<Asked, 'titles'>): readonly string[] {
  let slow: readonly Slow[] = parsers.map((parser) => ({ title: titleOf(parser), why: '' }))
  for (let count = 0; count < PROCESSES && slow.length > 0; count += 1) {
    const asked: Asked = { titles: slow.map(({ title }) => title), folders, every }
    const output = execFileSync(process.execPath, [...AS_MODULES, HERE, JSON.stringify(asked)], { encoding: 'utf8' })
    slow = JSON.parse(output) as readonly Slow[]
  }
  return slow.map(({ title, why }) => `${title}: ${why}`)
}

async function judgeThese({ titles, folders, every }: Asked): Promise<readonly Slow[]> {
  const { checker, files } = sources(folders)
  const slow: Slow[] = []
  for (const parser of files.flatMap((file) => parsersOf(file, checker))) {
    const title = titleOf(parser)
    if (!titles.includes(title)) continue
    const verdict = await judge(parser, checker, every)
    if (verdict.slow !== undefined) slow.push({ title, why: verdict.slow })
  }
  return slow
}

if (process.argv[1] === HERE)
  process.stdout.write(JSON.stringify(await judgeThese(JSON.parse(process.argv[2] ?? '{}') as Asked)))
