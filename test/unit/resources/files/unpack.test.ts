// Archives that are unpacked: whole or not at all, within limits, and nothing out of them or into what is not theirs.
import { spawnSync } from 'node:child_process'
import * as fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { unpackArchive, type Unpack } from '../../../../src/resources/files/program/files.ts'
import { FILES_PROGRAM } from '../../../../src/resources/files/program/program.ts'
import { suite } from '../../../suite.ts'

const test = suite('files: archives')
const STRANGER = 65_534
/** Devices, and files of others, are root's to make. */
const asRoot = process.getuid?.() === 0 ? test : test.skip

let top = ''
let from = ''
let dest = ''
let archive = ''

test.before.each(() => {
  top = fs.mkdtempSync(join(tmpdir(), 'mailrun-unpack-'))
  fs.chmodSync(top, 0o755)
  from = join(top, 'from')
  fs.mkdirSync(join(top, 'run'))
  fs.mkdirSync(join(top, 'home'))
  fs.mkdirSync(join(from, 'tool/bin'), { recursive: true })
  fs.writeFileSync(join(from, 'tool/bin/run'), '#!/bin/sh\n', { mode: 0o755 })
  fs.writeFileSync(join(from, 'tool/text'), 'text\n')
  fs.chmodSync(join(from, 'tool/text'), 0o666)
  fs.writeFileSync(join(top, 'run/files'), FILES_PROGRAM)
  dest = join(top, 'home/tool')
  archive = join(top, 'archive')
})
test.after.each(() => fs.rmSync(top, { recursive: true }))

/** Packs what is in `from`. */
function pack(...options: readonly string[]): void {
  const { status, stderr } = spawnSync('tar', ['-C', from, '-cf', archive, ...options, '.'], { encoding: 'utf8' })
  assert.is(status, 0, stderr)
}

/** @param programs - a folder whose programs are taken first. */
function unpack(
  more: Partial<Unpack> = {},
  programs?: string,
): { readonly code: number | null; readonly said: string } {
  const wanted = { source: archive, strip: 0, maxBytes: 1 << 20, maxFiles: 100, stamp: 'the stamp', isNew: true }
  const { text } = unpackArchive(dest, { ...wanted, ...more })
  const { status, stdout, stderr } = spawnSync('sh', [], {
    input: `umask 077\n${text}\n`,
    env: {
      PATH: [...(programs === undefined ? [] : [programs]), process.env['PATH']].join(':'),
      LC_ALL: 'C',
      run: join(top, 'run'),
    },
    encoding: 'utf8',
    timeout: 20_000,
  })
  return { code: status, said: stdout + stderr }
}

/** And nothing of it is left. */
function refused(why: RegExp, more: Partial<Unpack> = {}, programs?: string): void {
  const before = fs.readdirSync(join(top, 'home'))
  const { code, said } = unpack(more, programs)
  assert.is(code, 1, said)
  assert.match(said, why)
  assert.equal(fs.readdirSync(join(top, 'home')), before)
}

const modeOf = (path: string): string => (fs.lstatSync(join(dest, path)).mode & 0o7777).toString(8)

for (const [name, option] of [
  ['tar', '--format=gnu'],
  ['gzip', '-z'],
  ['bzip2', '-j'],
  ['xz', '-J'],
] as const) {
  test(`what ${name} made is unpacked, for others to read and for nobody else to write`, () => {
    fs.symlinkSync('../text', join(from, 'tool/bin/link'))
    fs.linkSync(join(from, 'tool/text'), join(from, 'tool/same'))
    pack(option)
    assert.equal(unpack({ strip: 2 }), { code: 0, said: '' })
    assert.equal(fs.readdirSync(dest).sort(), ['.mailrun-archive', 'bin', 'same', 'text'])
    assert.equal([modeOf('.'), modeOf('bin'), modeOf('bin/run'), modeOf('text')], ['755', '755', '755', '644'])
    assert.is(fs.readFileSync(join(dest, '.mailrun-archive'), 'utf8'), 'the stamp\n')
    assert.is(fs.readFileSync(join(dest, 'bin/link'), 'utf8'), 'text\n')
  })
}

test('another takes the place of the whole; what a run that was killed has left is swept', () => {
  fs.mkdirSync(join(top, 'home/.tool.mailrun-new/x'), { recursive: true })
  fs.mkdirSync(join(top, 'home/.tool.mailrun-old/x'), { recursive: true })
  fs.mkdirSync(join(dest, 'former'), { recursive: true })
  pack()
  assert.equal(unpack({ isNew: false }), { code: 0, said: '' })
  assert.equal(fs.readdirSync(join(top, 'home')), ['tool'])
  assert.equal(fs.readdirSync(dest).sort(), ['.mailrun-archive', 'tool'])
})

test('a directory that holds something is left alone where none of an archive is expected', () => {
  fs.mkdirSync(join(dest, 'data'), { recursive: true })
  pack()
  refused(/cannot put .* in place: Directory not empty/)
  assert.equal(fs.readdirSync(dest), ['data'])
})

test('an empty directory is no obstacle', () => {
  fs.mkdirSync(dest)
  pack()
  assert.is(unpack().code, 0)
})

test('more than the limits is refused', () => {
  fs.writeFileSync(join(from, 'zeros'), Buffer.alloc(4 << 20))
  pack('-z')
  assert.ok(fs.statSync(archive).size < 1 << 16)
  refused(/it holds more than 1048576 bytes: say maxBytes/)
  fs.rmSync(join(from, 'zeros'))
  for (let each = 0; each < 120; each += 1) fs.writeFileSync(join(from, `f${each}`), '')
  pack()
  refused(/it holds more than 100 files: say maxFiles/)
})

/** A folder with a tar that writes down how it is called. */
function loggedTar(): { readonly programs: string; readonly calls: () => string } {
  const programs = join(top, 'bin')
  const log = join(top, 'log')
  const tar = spawnSync('sh', ['-c', 'command -v tar'], { encoding: 'utf8' }).stdout.trim()
  fs.mkdirSync(programs)
  fs.writeFileSync(join(programs, 'tar'), `#!/bin/sh\necho "$1" >> ${log}\nexec ${tar} "$@"\n`, { mode: 0o755 })
  return { programs, calls: () => fs.readFileSync(log, 'utf8') }
}

test('more files than the limit are refused before any of them is made', () => {
  for (let each = 0; each < 120; each += 1) fs.writeFileSync(join(from, `f${each}`), '')
  const { programs, calls } = loggedTar()
  for (const option of ['--format=gnu', '-z']) {
    pack(option)
    refused(/it holds more than 100 files: say maxFiles/, {}, programs)
  }
  assert.is(calls(), '--list\n--list\n')
})

test('directories that no member is count, and each once; what strip takes off does not', () => {
  const deep = Array.from({ length: 60 }, (_, n) => `d${n}`).join('/')
  fs.mkdirSync(join(from, deep), { recursive: true })
  fs.writeFileSync(join(from, deep, 'a'), '')
  fs.writeFileSync(join(from, deep, 'b\nc'), '')
  const members = ['tool/text', `${deep}/a`, `${deep}/b\nc`]
  assert.is(spawnSync('tar', ['-C', from, '-cf', archive, '--', ...members]).status, 0)
  const { programs, calls } = loggedTar()
  refused(/it holds more than 63 files: say maxFiles/, { maxFiles: 63 }, programs)
  refused(/it holds more than 61 files: say maxFiles/, { maxFiles: 61, strip: 1 }, programs)
  assert.is(calls(), '--list\n--list\n')
  assert.equal(unpack({ maxFiles: 64 }), { code: 0, said: '' })
  fs.rmSync(dest, { recursive: true })
  assert.equal(unpack({ maxFiles: 62, strip: 1 }), { code: 0, said: '' })
})

test('a sparse file counts by its size', () => {
  fs.truncateSync(join(from, 'tool/text'), 64 << 20)
  pack('-S')
  refused(/it holds more than 1048576 bytes/)
})

test('links that lead out, absolute or by .., are refused', () => {
  for (const to of ['/etc/shadow', '../../x', '.././/../x']) {
    fs.rmSync(join(from, 'tool/link'), { force: true })
    fs.symlinkSync(to, join(from, 'tool/link'))
    pack()
    refused(/refused: tool\/link is a symbolic link that leads out of the archive/)
  }
})

test('links that lead out together, each of them by the other, are refused', () => {
  const chains = {
    'an upper one': { 'd1/up': '..', etc: 'd1/up/../../target' },
    'one again and again': { 'sub/l1': '..', leak: `${'sub/l1/'.repeat(3)}../../etc/passwd` },
    'one beside it': { 'd1/d2/up': '../..', 'd1/out': 'd2/up/..' },
    'one to the same directory': { 'd1/same': '.', out: 'd1/same/../../x' },
  }
  for (const [name, links] of Object.entries(chains)) {
    fs.rmSync(from, { recursive: true })
    for (const [path, to] of Object.entries(links)) {
      fs.mkdirSync(join(from, path, '..'), { recursive: true })
      fs.symlinkSync(to, join(from, path))
    }
    pack()
    const last = Object.keys(links).at(-1)!
    const { code, said } = unpack()
    assert.is(code, 1, name)
    assert.ok(said.includes(`refused: ${last} is a symbolic link with '..' after another name: `), said)
    assert.equal(fs.readdirSync(join(top, 'home')), [])
  }
})

test('links that stay in the archive are kept, by way of others too', () => {
  const links = { 'tool/bin/up': '../..', 'tool/here': './/.', 'tool/text2': 'bin/up/tool/text', top: 'tool/here/bin/' }
  for (const [path, to] of Object.entries(links)) fs.symlinkSync(to, join(from, path))
  pack()
  assert.equal(unpack(), { code: 0, said: '' })
  for (const [path, to] of Object.entries(links)) assert.is(fs.readlinkSync(join(dest, path)), to)
  assert.is(fs.readFileSync(join(dest, 'tool/text2'), 'utf8'), 'text\n')
})

test('names and hard links that lead out are refused, and nothing is written there', () => {
  pack('-P', '--transform=s,text$,../../../outside,')
  refused(/Member name contains '\.\.'/)
  assert.equal(fs.readdirSync(top).sort(), ['archive', 'from', 'home', 'run'])
  const kept = join(top, 'from/kept')
  fs.writeFileSync(kept, 'secret\n', { mode: 0o600 })
  fs.linkSync(kept, join(from, 'tool/same'))
  pack('-P', `--transform=flags=h;s,.*,${kept},`)
  const { said } = unpack()
  assert.is(fs.statSync(kept).nlink, 2, said)
  assert.is(fs.statSync(kept).mode & 0o777, 0o600)
})

test('a file through a link that the archive has itself is refused', () => {
  fs.symlinkSync(join(top, 'run'), join(from, 'a'))
  fs.writeFileSync(join(from, 'b'), 'written\n')
  const options = ['-C', from, '-P', '-cf', archive, '--transform=s,^b$,a/b,', 'a', 'b']
  assert.is(spawnSync('tar', options).status, 0)
  assert.is(unpack().code, 1)
  assert.equal(fs.readdirSync(join(top, 'run')), ['files'])
})

test('setuid bits do not come over; the stamp’s own name does not, either', () => {
  fs.chmodSync(join(from, 'tool/bin/run'), 0o6755)
  pack()
  assert.is(unpack().code, 0)
  assert.is(modeOf('tool/bin/run'), '755')
  fs.rmSync(dest, { recursive: true })
  fs.writeFileSync(join(from, '.mailrun-archive'), 'forged')
  pack()
  refused(/it holds the name \.mailrun-archive/)
})

asRoot('devices are refused, and owners are those that are wanted', () => {
  fs.chownSync(join(from, 'tool/text'), 12_345, 12_345)
  pack()
  assert.equal(unpack({ owner: String(STRANGER), group: String(STRANGER) }), { code: 0, said: '' })
  for (const path of ['.', 'tool', 'tool/text', '.mailrun-archive']) {
    const { uid, gid } = fs.statSync(join(dest, path))
    assert.equal([path, uid, gid], [path, STRANGER, STRANGER])
  }
  fs.rmSync(dest, { recursive: true })
  assert.is(spawnSync('tar', ['-C', '/', '-cf', archive, 'dev/null']).status, 0)
  refused(/dev\/null is neither a file nor a directory nor a link/)
  fs.rmSync(archive)
  assert.is(spawnSync('mkfifo', [join(from, 'pipe')]).status, 0)
  pack()
  refused(/pipe is neither a file nor a directory nor a link/)
})

test('what is no archive, or only a part of one, is refused', () => {
  fs.writeFileSync(archive, 'no archive\n'.repeat(100))
  refused(/tar cannot unpack it/)
  fs.writeFileSync(archive, '')
  refused(/nothing is in it|tar cannot unpack it/)
  pack('-z')
  fs.truncateSync(archive, fs.statSync(archive).size - 12)
  refused(/gzip cannot unpack it/)
  pack()
  refused(/nothing is in it: is strip too high/, { strip: 9 })
})

test.run()
