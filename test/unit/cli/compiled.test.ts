// What Node keeps of compiled code is where nobody else can put code.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import * as module from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from '../../suite.ts'
import { MAIN } from './mailrun.ts'

const test = suite('cli/compiled')

test("mailrun's compiled code is kept in its own folder, not in that for temporary files", () => {
  const folder = mkdtempSync(join(tmpdir(), 'mailrun-compiled-'))
  try {
    const [cache, temporary] = ['cache', 'temporary'].map((name) => join(folder, name)) as [string, string]
    for (const each of [cache, temporary]) mkdirSync(each, { mode: 0o700 })
    const { NODE_COMPILE_CACHE: _, ...env } = process.env
    execFileSync(process.execPath, [MAIN, '--help'], { env: { ...env, XDG_CACHE_HOME: cache, TMPDIR: temporary } })
    assert.equal(readdirSync(temporary), [])
    const kept = join(cache, 'mailrun-node')
    // Node 20 keeps nothing.
    assert.is(existsSync(kept), 'enableCompileCache' in module)
    if (existsSync(kept)) {
      assert.is(statSync(kept).mode & 0o777, 0o700)
      assert.ok(readdirSync(kept, { recursive: true }).length > 1)
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test.run()
