// Where compiled playbooks and mailrun's own compiled code are kept, and where not.
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { cacheFolder, notCached } from '../../../src/playbook/cache-folder.ts'
import { suite } from '../../suite.ts'

const test = suite('the cache of compiled playbooks')
const top = realpathSync(mkdtempSync(join(tmpdir(), 'mailrun-cache-')))
const was = process.env['XDG_CACHE_HOME']
let count = 0
/** A folder of its own, which is XDG_CACHE_HOME. */
function home(mode = 0o700): string {
  count += 1
  const made = join(top, String(count))
  mkdirSync(made)
  chmodSync(made, mode)
  process.env['XDG_CACHE_HOME'] = made
  return made
}
const make = (folder: string, mode: number): string => {
  mkdirSync(folder)
  chmodSync(folder, mode)
  return folder
}
const refused = (why: RegExp): void => {
  assert.is(cacheFolder('playbooks'), false)
  assert.match(notCached() ?? '', why)
}

test.after(() => {
  rmSync(top, { recursive: true })
  if (was === undefined) delete process.env['XDG_CACHE_HOME']
  else process.env['XDG_CACHE_HOME'] = was
})

test('a folder is made that nobody else can enter, and used again', () => {
  const made = home(0o755)
  for (const _ of [1, 2]) {
    assert.is(cacheFolder('playbooks'), join(made, 'mailrun'))
    assert.is(notCached(), undefined)
    writeFileSync(join(made, 'mailrun', 'a.cjs'), '', { mode: 0o664 })
  }
  assert.is(lstatSync(join(made, 'mailrun')).mode & 0o777, 0o700)
  assert.ok(existsSync(join(made, 'mailrun', 'a.cjs')))
})

test('a folder that others may write is not used, nor one below a folder that they may write', () => {
  for (const mode of [0o777, 0o770, 0o1777, 0o702]) {
    make(join(home(), 'mailrun'), mode)
    refused(/^others may write .*\/mailrun$/)
  }
  for (const mode of [0o777, 0o770]) {
    const made = home(mode)
    refused(/^others may write .*\/\d+$/)
    assert.not.ok(existsSync(join(made, 'mailrun')))
    make(join(made, 'mailrun'), 0o700)
    refused(/^others may write .*\/\d+$/)
  }
})

test('what lies in a sticky folder is not taken away, and is used', () => {
  const made = home(0o1777)
  make(join(made, 'mailrun'), 0o700)
  assert.is(cacheFolder('playbooks'), join(made, 'mailrun'))
})

test('of a folder that others could enter it is closed, and what they could write is removed', () => {
  const folder = make(join(home(), 'mailrun'), 0o755)
  for (const [name, mode] of [
    ['mine.cjs', 0o644],
    ['open.cjs', 0o664],
  ] as const) {
    writeFileSync(join(folder, name), '')
    chmodSync(join(folder, name), mode)
  }
  assert.is(cacheFolder('playbooks'), folder)
  assert.is(lstatSync(folder).mode & 0o777, 0o700)
  assert.equal([existsSync(join(folder, 'mine.cjs')), existsSync(join(folder, 'open.cjs'))], [true, false])
})

const DAY = 24 * 3600
/** Made and last read so many days ago. */
function lay(folder: string, name: string, made: number, read: number): string {
  const path = join(folder, name)
  writeFileSync(path, '')
  const now = Date.now() / 1000
  utimesSync(path, now - read * DAY, now - made * DAY)
  return path
}

test('what was not read for 30 days is removed, some of it in each run', () => {
  const folder = make(join(home(), 'mailrun'), 0o700)
  const [old, read, young] = [lay(folder, 'a', 31, 31), lay(folder, 'b', 90, 29), lay(folder, 'c', 1, 90)]
  assert.is(cacheFolder('playbooks'), folder)
  assert.equal([old, read, young].map(existsSync), [false, true, true])
  for (let index = 0; index < 250; index += 1) lay(folder, `old-${index}`, 31, 31)
  const left = [0, 0, 0].map(() => {
    assert.is(cacheFolder('playbooks'), folder)
    return readdirSync(folder).length - 2
  })
  assert.equal(left, [150, 50, 0])
})

test('nothing is removed from a folder that is not used', () => {
  const folder = make(join(home(), 'mailrun'), 0o700)
  const old = lay(folder, 'a.cjs', 31, 31)
  symlinkSync('/tmp/theirs.cjs', join(folder, 'b.cjs'))
  refused(/b\.cjs is no file of one's own$/)
  assert.ok(existsSync(old))
})

test('behind a link counts where it leads to', () => {
  const elsewhere = make(join(home(), 'elsewhere'), 0o700)
  symlinkSync(elsewhere, join(home(), 'mailrun'))
  assert.is(cacheFolder('playbooks'), elsewhere)
  const open = home(0o777)
  make(join(open, 'inner'), 0o700)
  symlinkSync(join(open, 'inner'), join(home(), 'mailrun'))
  refused(/^others may write .*\/\d+$/)
  symlinkSync('/nowhere', join(home(), 'mailrun'))
  assert.is(cacheFolder('playbooks'), false)
})

test('what is no file is not run', () => {
  const folder = make(join(home(), 'mailrun'), 0o700)
  symlinkSync('/tmp/theirs.cjs', join(folder, 'a.cjs'))
  refused(/a\.cjs is no file of one's own$/)
})

test("what Node keeps of mailrun's own code is in folders of its versions", () => {
  const made = home()
  assert.is(cacheFolder('mailrun'), join(made, 'mailrun-node'))
  const folder = make(join(made, 'mailrun-node', 'v22.1.0-x64-1a2b3c4d-0'), 0o755)
  const [old, young] = [lay(folder, 'a', 31, 31), lay(folder, 'b', 1, 1)]
  assert.is(cacheFolder('mailrun'), join(made, 'mailrun-node'))
  assert.equal([old, young].map(existsSync), [false, true])
  symlinkSync('/tmp/theirs', join(folder, 'c'))
  assert.is(cacheFolder('mailrun'), false)
  assert.match(notCached() ?? '', /\/c is no file of one's own$/)
})

test("what others could write of mailrun's own code is removed, and no folder is taken in place of a file", () => {
  const folder = make(join(home(), 'mailrun-node'), 0o755)
  const [closed, open] = [make(join(folder, 'v22'), 0o755), make(join(folder, 'v24'), 0o777)]
  const files = [closed, open].map((each) => lay(each, 'a', 1, 1))
  assert.is(cacheFolder('mailrun'), folder)
  assert.equal(files.map(existsSync), [true, false])
  make(join(make(join(home(), 'mailrun'), 0o700), 'v22'), 0o700)
  refused(/v22 is no file of one's own$/)
})

if (process.getuid?.() === 0) {
  test("somebody else's folder is not used, nor one in it, nor somebody else's file", () => {
    const folder = make(join(home(), 'mailrun'), 0o700)
    chownSync(folder, 65_534, 65_534)
    refused(/mailrun belongs to somebody else \(uid 65534\)/)
    const made = home()
    chownSync(made, 65_534, 65_534)
    refused(/belongs to somebody else \(uid 65534\)/)
    assert.not.ok(existsSync(join(made, 'mailrun')))
    chownSync(make(join(make(join(home(), 'mailrun-node'), 0o700), 'v22'), 0o700), 65_534, 65_534)
    assert.is(cacheFolder('mailrun'), false)
    const file = join(make(join(home(), 'mailrun'), 0o700), 'a.cjs')
    writeFileSync(file, '')
    chownSync(file, 65_534, 65_534)
    refused(/a\.cjs is no file of one's own$/)
  })
}

test.run()
