// `npm run docs:pictures`: makes the pictures in docs/pictures from the output of mailrun in a lab of two hosts. If
// Debian's chromium is installed, it also takes pictures of the audit's HTML page.
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AUDIT_PAGE, PREPARED, SCENES, type Step } from './scenes.ts'
import { terminalSvg } from './terminal-svg.ts'

const ROOT = join(import.meta.dirname, '../../..')
const PICTURES = join(ROOT, 'docs/pictures')
const CHROMIUM = 'chromium'
const HEADLESS = ['--headless', '--no-sandbox', '--hide-scrollbars', '--force-device-scale-factor=1'] as const
const PAGE = { width: 1200, height: 900 } as const

process.env['MAILRUN_LAB_NAME'] = 'pictures'
const lab = await import('../../lab/index.ts')

interface Ended {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

const run = (program: string, words: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> =>
  new Promise((resolve) => {
    const options = { cwd: ROOT, maxBuffer: 1 << 26, env: { ...process.env, ...env } }
    execFile(program, words, options, (error, stdout, stderr) => {
      resolve({ status: error === null ? 0 : Number(error.code ?? -1), stdout, stderr })
    })
  })

const mailrun = (words: readonly string[]): Promise<Ended> =>
  run(
    process.execPath,
    [join(ROOT, 'dist/bundle/mailrun.js'), ...words.map((word) => (word === 'INVENTORY' ? lab.inventoryPath : word))],
    { FORCE_COLOR: '1' },
  )

async function outputOf({ words, before }: Step): Promise<string> {
  if (before !== undefined) await lab.hostExec(before.host, before.script)
  const { stdout, stderr } = await mailrun(words)
  return stdout + stderr
}

/** By the browser's own colours for light and dark. @returns whether there is a browser */
async function photograph(html: string): Promise<boolean> {
  if ((await run(CHROMIUM, ['--version'])).status !== 0) return false
  const folder = mkdtempSync(join(tmpdir(), 'mailrun-pictures-'))
  const page = join(folder, 'audit.html')
  writeFileSync(page, html)
  try {
    for (const [name, flags] of [
      ['audit', []],
      ['audit-dark', ['--blink-settings=preferredColorScheme=0']],
    ] as const) {
      const size = `--window-size=${PAGE.width},${PAGE.height}`
      const picture = `--screenshot=${join(PICTURES, `${name}.png`)}`
      const { status, stderr } = await run(CHROMIUM, [...HEADLESS, ...flags, size, picture, page])
      if (status !== 0) throw new Error(`${CHROMIUM} took no picture:\n${stderr}`)
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
  return true
}

mkdirSync(PICTURES, { recursive: true })
await lab.labUp({ size: 2, tools: false, internet: true, wire: undefined })
try {
  const { status, stdout, stderr } = await mailrun(PREPARED)
  if (status !== 0) throw new Error(`the fleet could not be set up:\n${stdout}${stderr}`)
  for (const { name, title, columns, steps } of SCENES) {
    const parts: string[] = []
    for (const step of steps)
      parts.push(`\u001b[2m$\u001b[22m \u001b[1m${step.shown}\u001b[22m\n${await outputOf(step)}`)
    writeFileSync(join(PICTURES, `${name}.svg`), terminalSvg({ output: parts.join('\n'), title, columns }))
    console.log(`written: docs/pictures/${name}.svg`)
  }
  const taken = await photograph(await outputOf(AUDIT_PAGE))
  console.log(
    taken
      ? 'written: docs/pictures/audit.png, docs/pictures/audit-dark.png'
      : 'docs/pictures/audit.png: left as it is, for there is no chromium (apt-get install chromium)',
  )
} finally {
  await lab.labDown()
}
