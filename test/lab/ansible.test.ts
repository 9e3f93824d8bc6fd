// The inventories of a corpus as Ansible itself reads them: hosts, groups, vars and order are the same. Has a lab of
// its own.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from '../suite.ts'
import { project, type Project } from '../unit/cli/mailrun.ts'
import { CASES, type InventoryCase } from './ansible-corpus.ts'
import { nameLab } from './own-lab.ts'

nameLab('ansible')
const lab = await import('../../lab/index.ts')
const test = suite('lab: as Ansible reads inventories')

let here: Project
let folder: string
const inVerify = async (
  script: string,
): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> =>
  lab.hostExec('verify', script)
const quote = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`

test.before(async () => {
  await lab.labUp({ size: 1, tools: true, wire: undefined })
  here = project({})
  folder = mkdtempSync(join(tmpdir(), 'mailrun-ansible-'))
})
test.after(async () => {
  await lab.labDown()
  here.remove()
  rmSync(folder, { recursive: true, force: true })
})

/** The files in a folder here and in the same one there. */
async function laidOut({ files }: InventoryCase, index: number): Promise<string> {
  const at = join(folder, String(index))
  const there: string[] = [`rm -rf ${at}`]
  for (const [name, text] of Object.entries(files)) {
    const path = join(at, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
    const program = text.startsWith('#!')
    if (program) chmodSync(path, 0o755)
    there.push(
      `mkdir -p ${quote(dirname(path))}`,
      `printf %s ${quote(text)} > ${quote(path)}`,
      `chmod ${program ? '755' : '644'} ${quote(path)}`,
    )
  }
  assert.is((await inVerify(there.join('\n'))).code, 0)
  return at
}

/** What Ansible says of itself, and passwords, are not compared. */
function comparable(listed: Readonly<Record<string, unknown>>): unknown {
  const { _meta: meta, ...groups } = listed as { _meta: { hostvars: Record<string, Record<string, unknown>> } }
  return {
    groups,
    hostvars: Object.fromEntries(Object.entries(meta.hostvars).map(([host, vars]) => [host, sorted(vars)])),
  }
}
const sorted = (value: object): object => Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))

for (const [index, each] of CASES.entries()) {
  test(`${each.name}: ${each.patterns.length} patterns`, async () => {
    const at = await laidOut(each, index)
    const sources = each.sources.flatMap((source) => ['-i', source.includes(',') ? source : join(at, source)])
    const listed = await inVerify(`cd ${at}; ansible-inventory ${sources.map(quote).join(' ')} --list 2>/dev/null`)
    assert.is(listed.code, 0, listed.stdout)
    const ours = await here.mailrun('inventory', ...sources, '--list', '--format', 'json')
    assert.is(ours.code, 0, ours.stdout + ours.stderr)
    assert.equal(
      comparable(JSON.parse(ours.stdout) as Record<string, unknown>),
      comparable(JSON.parse(listed.stdout) as Record<string, unknown>),
    )

    const asked = each.patterns
      .map(
        (pattern) => `echo "=== "; ansible ${sources.map(quote).join(' ')} ${quote(pattern)} --list-hosts 2>/dev/null`,
      )
      .join('\n')
    const answers = (await inVerify(`cd ${at}\n${asked}`)).stdout.split('=== \n').slice(1)
    for (const [place, pattern] of each.patterns.entries()) {
      const theirs = answers[place]!.split('\n')
        .filter((line) => line.startsWith('    '))
        .map((line) => line.trim())
      const mine = await here.mailrun('inventory', ...sources, '--list-hosts', '--limit', pattern)
      // Where Ansible selects nobody and says so aside, mailrun refuses.
      if (theirs.length === 0) assert.is(mine.code, 1, `${pattern}: ${mine.stdout}`)
      else if (mine.code === 0) assert.equal(mine.stdout.trim().split('\n'), theirs, pattern)
      else assert.match(mine.stderr, /no host and no group is called|has no hosts/, pattern)
    }
  })
}

test.run()
