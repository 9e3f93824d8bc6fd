// Files of directories that others can write: no link, hard link or FIFO leads the program that root runs astray.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import * as fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import * as files from '../../../../src/resources/files/program/files.ts'
import { FILES_PROGRAM } from '../../../../src/resources/files/program/program.ts'
import { readerQuestion } from '../../../../src/resources/reader/reader.ts'
import { FILE_STATES, statesOf } from '../../../../src/resources/systemd/unit-stamp.ts'
import { perlQuote } from '../../../../src/shell/perl-quote.ts'
import { raw, type Script } from '../../../../src/shell/script.ts'
import { suite } from '../../../suite.ts'

const test = suite('files')
const STRANGER = 65_534
/** To give files to others one must be root. */
const asRoot = process.getuid?.() === 0 ? test : test.skip

let top = ''
let home = ''
let kept = ''
let run = ''
const secret = 'root:$y$secret\n'

test.before.each(() => {
  top = fs.mkdtempSync(join(tmpdir(), 'mailrun-files-'))
  fs.chmodSync(top, 0o755)
  for (const name of ['run', 'home', 'etc']) fs.mkdirSync(join(top, name))
  home = join(top, 'home')
  run = join(top, 'run')
  kept = join(top, 'etc/shadow')
  fs.writeFileSync(join(run, 'files'), FILES_PROGRAM)
  fs.writeFileSync(kept, secret, { mode: 0o600 })
  if (process.getuid?.() === 0) fs.chownSync(home, STRANGER, STRANGER)
})
test.after.each(() => fs.rmSync(top, { recursive: true }))

test('a question by which find(1) has files read tells their digests', () => {
  const { text } = readerQuestion({ program: `${FILE_STATES}file_states(${perlQuote(kept)});` })
  const { stdout, stderr } = spawnSync('sh', [], {
    input: `${text}\n`,
    encoding: 'utf8',
    timeout: 20_000,
  })
  assert.is(stderr, '')
  assert.is([...statesOf(stdout.split('\0')).values()][0]?.digest, createHash('sha256').update(secret).digest('hex'))
})

/** What the change came to. */
function ran({ text }: Script, umask = '022'): { readonly code: number | null; readonly said: string } {
  const { status, stdout, stderr } = spawnSync('sh', [], {
    input: `umask ${umask}\nMAILRUN_OUTDATED=outdated\n${text}\n`,
    env: { PATH: process.env['PATH'], LC_ALL: 'C', run },
    encoding: 'utf8',
    timeout: 20_000,
  })
  return { code: status, said: stdout + stderr }
}
const done = (script: Script): void => assert.equal(ran(script), { code: 0, said: '' })
const refused = (script: Script, why: RegExp): void => {
  const { code, said } = ran(script)
  assert.is(code, 1, said)
  assert.match(said, why)
}
const isUntouched = (): void => {
  const { uid, gid, mode, nlink } = fs.statSync(kept)
  assert.equal([fs.readFileSync(kept, 'utf8'), uid, gid, mode & 0o7777], [secret, 0, 0, 0o600])
  assert.ok(nlink <= 2)
  assert.equal(fs.readdirSync(join(top, 'etc')), ['shadow'])
}
const attributesOf = (path: string): readonly unknown[] => {
  const { uid, gid, mode } = fs.lstatSync(path)
  return [uid, gid, (mode & 0o7777).toString(8)]
}

/** Perl in which whoever owns a directory moves another one of root's to the name that was just made there. */
const SWAPS = `package Swaps;
BEGIN {
  *CORE::GLOBAL::mkdir = sub {
    my $made = CORE::mkdir $_[0], $_[1];
    rename $_[0], 'away';
    rename 'theirs', $_[0];
    $made;
  };
}
1;
`
asRoot('a directory of root’s that is moved to the name of a new one is not given away', () => {
  fs.writeFileSync(join(run, 'Swaps.pm'), SWAPS)
  fs.mkdirSync(join(home, 'theirs'), { mode: 0o700 })
  fs.writeFileSync(join(home, 'theirs/secret'), secret)
  const { text } = files.makeDirectory(join(home, 'new'), { owner: '65534', group: '65534', mode: '0755' }, [])
  const { status, stderr } = spawnSync('sh', ['-c', text], {
    env: { PATH: process.env['PATH'], LC_ALL: 'C', run, PERL5LIB: run, PERL5OPT: '-MSwaps' },
    encoding: 'utf8',
  })
  assert.equal([status, attributesOf(join(home, 'new'))], [1, [0, 0, '700']], stderr)
  assert.match(stderr, /new was made, and is another one now/)
})

const plain = { owner: undefined, group: undefined, mode: undefined }
const rest = { validate: undefined, backup: undefined, madeOf: undefined }
const put = (path: string, text: string, more: Partial<files.PutFile> = {}): Script =>
  files.putFile(path, { ...plain, ...rest, content: { bytes: Buffer.from(text), secret: undefined }, ...more })

test('a file is put in place whole, whatever its bytes and its name are', () => {
  for (const size of [0, 1, 2, 3, 62, 63, 64, 5000, 700_001]) {
    const path = join(top, "it's $(a) \n-x")
    const bytes = Buffer.alloc(size, 1).map((_, index) => (index * 7919) & 255)
    done(files.putFile(path, { ...plain, ...rest, content: { bytes, secret: undefined }, mode: '0640' }))
    assert.ok(fs.readFileSync(path).equals(bytes), String(size))
    fs.unlinkSync(path)
  }
  assert.equal(fs.readdirSync(top).sort(), ['etc', 'home', 'run'])
})

test('a new file is 0644, one that is there stays as it is, whatever the umask', () => {
  const path = join(top, 'a')
  assert.is(ran(put(path, 'one'), '077').code, 0)
  assert.is(fs.statSync(path).mode & 0o7777, 0o644)
  fs.chmodSync(path, 0o2750)
  done(put(path, 'two'))
  assert.is(fs.statSync(path).mode & 0o7777, 0o2750)
})

test('what arrives in pieces is one file, and a piece that is another is refused', () => {
  const path = join(top, 'large')
  const piece = (text: string, first: boolean): Script =>
    files.putPiece(path, { bytes: Buffer.from(text), secret: undefined }, first)
  const whole = put(path, '', {
    content: { sha256: 'a948904f2f0f479b8f8197694b30184b0d2ed1c1cd2a1ec0fb85d299a192a447' },
  })
  done(piece('hello ', true))
  done(piece('world\n', false))
  done(whole)
  assert.is(fs.readFileSync(path, 'utf8'), 'hello world\n')
  done(piece('hello ', true))
  refused(whole, /the file did not arrive whole/)
  assert.not.ok(fs.existsSync(join(top, '.large.mailrun-new')))
})

test('what is made of something else than what stands there is outdated, and nothing is written', () => {
  const path = join(top, 'a')
  assert.equal(ran(put(path, 'x', { madeOf: 'a'.repeat(64) })), { code: 75, said: 'outdated' })
  done(put(path, 'x', { madeOf: 'nothing' }))
  assert.equal(ran(put(path, 'y', { madeOf: 'nothing' })), { code: 75, said: 'outdated' })
  done(put(path, 'y', { madeOf: '2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881' }))
  assert.is(fs.readFileSync(path, 'utf8'), 'y')
})

test('the former file is kept with its owner, mode and time, in whatever directory', () => {
  for (const backup of ['a.backup', 'etc/a.backup']) {
    const path = join(top, 'a')
    fs.writeFileSync(path, 'before')
    fs.chmodSync(path, 0o640)
    fs.utimesSync(path, 1000, 1000)
    done(put(path, 'after', { backup: join(top, backup), mode: '0600' }))
    const { mode, mtimeMs } = fs.statSync(join(top, backup))
    assert.equal([fs.readFileSync(join(top, backup), 'utf8'), mode & 0o7777, mtimeMs], ['before', 0o640, 1_000_000])
    assert.is(fs.readFileSync(path, 'utf8'), 'after')
    fs.unlinkSync(join(top, backup))
  }
  assert.equal(fs.readdirSync(top).sort(), ['a', 'etc', 'home', 'run'])
})

test('a validation that refuses leaves what is there, and nothing beside it', () => {
  const path = join(top, 'a')
  fs.writeFileSync(path, 'before')
  refused(put(path, 'after', { validate: ['grep', 'before', '%s'] }), /refused by its validation/)
  assert.is(fs.readFileSync(path, 'utf8'), 'before')
  assert.equal(fs.readdirSync(top).sort(), ['a', 'etc', 'home', 'run'])
  done(put(path, 'after', { validate: ['grep', '-q', 'after', '%s'] }))
})

test('a directory of a name that is used beside the file is named as what is there already', () => {
  fs.mkdirSync(join(top, '.a.mailrun-new'))
  refused(put(join(top, 'a'), 'x'), /\.a\.mailrun-new: a directory stands there, and mailrun uses that name: remove it/)
})

/** Perl in which rename(2) fails with this error. */
const failing = (errno: number): string => `package Failing;
BEGIN { *CORE::GLOBAL::rename = sub { $! = ${errno}; 0 } }
1;
`
test('a mount point in the place of a file is reported as such', () => {
  fs.writeFileSync(join(run, 'Failing.pm'), failing(16))
  const { status, stderr } = spawnSync('sh', [], {
    input: put(join(top, 'a'), 'x').text,
    env: { PATH: process.env['PATH'], LC_ALL: 'C', run, PERL5LIB: run, PERL5OPT: '-MFailing' },
    encoding: 'utf8',
  })
  assert.is(status, 1)
  assert.match(stderr, /cannot replace .*a: Device or resource busy: it is a mount point: unmount it/)
  assert.not.ok(fs.existsSync(join(top, '.a.mailrun-new')))
})

asRoot('links of an administrator are followed on the way', () => {
  fs.mkdirSync(join(top, 'real/deep'), { recursive: true })
  fs.symlinkSync('real', join(top, 'relative'))
  fs.symlinkSync(join(top, 'relative/deep/..'), join(top, 'absolute'))
  done(put(join(top, 'relative/deep/a'), 'x'))
  done(put(join(top, 'absolute/b'), 'x'))
  assert.equal(fs.readdirSync(join(top, 'real')).sort(), ['b', 'deep'])
  fs.symlinkSync('loop', join(top, 'loop'))
  refused(put(join(top, 'loop/a'), 'x'), /Too many levels of symbolic links/)
})

asRoot('links of others are not followed, at any step of the path', () => {
  fs.symlinkSync(join(top, 'etc'), join(home, 'dir'))
  fs.mkdirSync(join(home, 'own'))
  fs.symlinkSync('../../etc', join(home, 'own/dir'))
  fs.chownSync(join(home, 'own'), STRANGER, STRANGER)
  const says = /refused: .*home\S* is a symbolic link, and \S+ can write .*: no link is followed there/
  for (const path of ['dir/shadow', 'own/dir/shadow']) {
    const at = join(home, path)
    refused(put(at, 'x'), says)
    refused(files.ownPath(at, { owner: 'nobody' }), says)
    refused(files.removeFile(at), says)
    refused(files.makeDirectory(`${at}.d`, plain, []), says)
    refused(files.putLink(`${at}-link`, 'x'), says)
  }
  // Root's own link, in a directory of root's, that others can move.
  fs.chownSync(join(home, 'own'), 0, 0)
  const leadsOut =
    /refused: .* leads out of .*\/home\/own by '\.\.', below \/\S+, which .* can write: name the directory/
  refused(put(join(home, 'own/dir/shadow'), 'x'), leadsOut)
  isUntouched()
})

asRoot('a link at the name itself, beside it, or at the backup leads nowhere', () => {
  const path = join(home, '.forward')
  const lay = (): void => {
    for (const name of ['.forward', '..forward.mailrun-new', '..forward.mailrun-old', '.forward.mailrun-backup']) {
      fs.rmSync(join(home, name), { force: true })
      fs.symlinkSync(kept, join(home, name))
    }
  }
  lay()
  done(put(path, 'x', { owner: 'nobody', group: 'root', mode: '0644', backup: `${path}.mailrun-backup` }))
  assert.is(fs.readFileSync(path, 'utf8'), 'x')
  fs.rmSync(`${path}.mailrun-backup`)
  fs.symlinkSync(kept, `${path}.mailrun-backup`)
  done(put(path, 'y', { owner: 'nobody', backup: `${path}.mailrun-backup` }))
  assert.equal([fs.readFileSync(path, 'utf8'), fs.readFileSync(`${path}.mailrun-backup`, 'utf8')], ['y', 'x'])
  lay()
  refused(files.ownPath(path, { mode: '0666' }), /is a symbolic link/)
  done(files.ownPath(path, { owner: 'nobody' }))
  done(
    files.addLines(path, plain, { header: '#', keeps: '.', added: [] }).text === '' ? put(path, 'x') : put(path, 'x'),
  )
  isUntouched()
})

asRoot('a file of others that has other names is not theirs by a change', () => {
  const path = join(home, 'x')
  fs.linkSync(kept, path)
  const says = /refused: .*\/x has other names \(hard links\), and nobody can write/
  refused(files.ownPath(path, { owner: 'nobody' }), says)
  refused(files.ownPath(path, { mode: '0644' }), says)
  refused(files.ownTree(home, { owner: 'nobody' }, true), says)
  refused(put(path, 'x'), says)
  refused(files.files('read', path, []), says)
  isUntouched()
  done(put(path, 'x', { owner: 'nobody', group: 'root', mode: '0644' }))
  isUntouched()
  fs.writeFileSync(join(home, 'own'), '')
  fs.chownSync(join(home, 'own'), STRANGER, 0)
  fs.linkSync(join(home, 'own'), join(home, 'other'))
  done(files.ownPath(join(home, 'own'), { owner: 'nobody', group: 'nogroup' }))
})

asRoot('a FIFO hangs nothing', () => {
  const path = join(home, 'fifo')
  assert.is(spawnSync('mkfifo', [path, join(home, '.fifo.mailrun-new')]).status, 0)
  done(files.ownPath(path, { owner: 'nobody', mode: '0600' }))
  assert.equal(ran(put(path, 'x', { madeOf: 'a'.repeat(64) })), { code: 75, said: 'outdated' })
  refused(files.files('read', path, []), /is no file/)
  refused(files.addLines(path, plain, { header: '#', keeps: '.', added: [] }), /is no file/)
  done(put(path, 'x', { backup: join(home, 'backup') }))
  assert.not.ok(fs.existsSync(join(home, 'backup')))
})

asRoot('what validates a file of others is given one that they cannot reach', () => {
  const path = join(home, 'x')
  const validate = [
    'sh',
    '-c',
    'grep -q hello "$1" && stat -c %U:%a "$1" && case $1 in */run/*);; *) exit 1;; esac',
    'sh',
    '%s',
  ]
  const { code, said } = ran(put(path, 'hello', { owner: 'nobody', mode: '0640', validate }))
  assert.equal([code, said], [0, 'nobody:640\n'])
  assert.equal(fs.readdirSync(run), ['files'])
})

asRoot('below a directory, what deviates gets its owner; links themselves, never what they lead to', () => {
  fs.mkdirSync(join(home, 'a/b'), { recursive: true })
  fs.writeFileSync(join(home, 'a/b/c'), '')
  fs.writeFileSync(join(home, 'a/theirs'), '')
  fs.writeFileSync(join(home, 'a/roots'), '')
  fs.chownSync(join(home, 'a/theirs'), 8, 8)
  for (const name of ['theirs', 'roots']) fs.chmodSync(join(home, 'a', name), 0o4755)
  fs.symlinkSync(kept, join(home, 'a/link'))
  fs.symlinkSync(join(top, 'etc'), join(home, 'a/b/dir'))
  done(files.ownTree(home, { owner: 'daemon', group: 'daemon' }, true))
  for (const name of ['', 'a', 'a/b', 'a/b/c', 'a/link', 'a/b/dir'])
    assert.equal(attributesOf(join(home, name)).slice(0, 2), [1, 1], name)
  assert.equal(attributesOf(join(home, 'a/theirs')), [1, 1, '755'])
  assert.equal(attributesOf(join(home, 'a/roots')), [1, 1, '4755'])
  isUntouched()
  assert.equal(attributesOf(join(top, 'etc')), [0, 0, '755'])
})

asRoot('setuid bits that a stranger has set do not come to a new owner', () => {
  const path = join(home, 'x')
  fs.writeFileSync(path, '')
  fs.chownSync(path, STRANGER, STRANGER)
  fs.chmodSync(path, 0o4755)
  refused(files.ownPath(path, { owner: 'root', strict: true }), /has the mode 4755: say which it is to have/)
  assert.equal(attributesOf(path), [0, STRANGER, '755'])
})

asRoot('a directory is made with those above it, and removed with all in it, links left alone', () => {
  const path = join(home, 'a/b/c')
  done(
    files.makeDirectory(path, { owner: 'daemon', group: 'mail', mode: '2770' }, [join(home, 'a'), join(home, 'a/b')]),
  )
  assert.equal(
    [attributesOf(path), attributesOf(join(home, 'a'))],
    [
      [1, 8, '2770'],
      [0, 0, '755'],
    ],
  )
  fs.symlinkSync(join(top, 'etc'), join(path, 'link'))
  refused(files.removeDirectory(path), /not empty/)
  done(files.removeTree(join(home, 'a')))
  isUntouched()
  assert.equal(fs.readdirSync(home), [])
})

test('a link is switched, a file removed, and that it is gone is no error', () => {
  const path = join(top, 'link')
  done(files.putLink(path, 'a'))
  done(files.putLink(path, '/b "c" \n'))
  assert.is(fs.readlinkSync(path), '/b "c" \n')
  done(files.removeFile(path))
  done(files.removeFile(path))
  refused(files.removeFile(join(top, 'etc')), /cannot remove/)
})

test('what a command makes is proved, and replaces nothing', () => {
  const path = join(top, 'key')
  const make = (command: readonly string[], check: readonly string[]): Script =>
    files.makeFile(path, { ...plain, mode: '0600' }, command, check)
  refused(make(['false'], ['true']), /false failed: nothing is put in place/)
  refused(make(['true'], ['grep', '-q', '.']), /grep refuses what true made: nothing is put in place/)
  refused(make(['no-such-program'], ['true']), /no-such-program: No such file/)
  assert.not.ok(fs.existsSync(path))
  done(make(['echo', 'x'], ['grep', '-q', 'x']))
  assert.equal([fs.readFileSync(path, 'utf8'), fs.statSync(path).mode & 0o7777], ['x\n', 0o600])
  refused(make(['echo', 'y'], ['true']), /File exists/)
  assert.equal([fs.readFileSync(path, 'utf8'), fs.readdirSync(top).sort()], ['x\n', ['etc', 'home', 'key', 'run']])
})

asRoot('what is compiled of a file of others is made out of their reach', () => {
  const path = join(home, 'map')
  const compile = ['sh', '-c', 'tr a-z A-Z < "$1" > "$1.db"', 'sh', '%s']
  for (const directory of [home, top]) {
    const text = join(directory, 'map')
    fs.writeFileSync(text, 'x', { mode: 0o640 })
    if (directory === home) fs.symlinkSync(kept, `${text}.db`)
    done(files.compileFile(text, 'db', compile))
    assert.is(fs.readFileSync(`${text}.db`, 'utf8'), 'X')
    assert.ok(fs.statSync(`${text}.db`).mtimeMs >= Math.floor(fs.statSync(text).mtimeMs / 1000) * 1000)
  }
  isUntouched()
  assert.equal(fs.readdirSync(run), ['files'])
  fs.rmSync(path)
  fs.symlinkSync(kept, path)
  refused(files.compileFile(path, 'db', compile), /refused: .* is a symbolic link/)
  fs.rmSync(path)
  fs.mkdirSync(path)
  refused(files.compileFile(path, 'db', compile), /it is not there, or is no file/)
  // As /etc/aliases may be one.
  fs.symlinkSync('map', join(top, 'link'))
  done(files.compileFile(join(top, 'link'), 'db', compile))
  assert.is(fs.readFileSync(join(top, 'link.db'), 'utf8'), 'X')
})

test('a set of files is written beside, and settles as one', () => {
  const [a, b, other] = ['a', 'b', 'etc/other'].map((name) => join(top, name)) as [string, string, string]
  const verb = (name: string, path: string, more: Readonly<Record<string, string>>): Script =>
    files.files(name, path, Object.entries({ stay: 'new', ...more }))
  fs.writeFileSync(a, 'k1 old\n# comment\nk2 old\n')
  fs.writeFileSync(b, 'goes')
  fs.writeFileSync(other, 'k1 new\nk3 new\n')
  fs.utimesSync(other, 1000, 1000)
  done(verb('copy', a, { source: other }))
  done(verb('merge', a, { source: other, stay: 'both' }))
  assert.is(fs.readFileSync(a, 'utf8'), 'k1 old\n# comment\nk2 old\n')
  done(verb('settle', a, { stay: 'both' }))
  assert.is(fs.readFileSync(a, 'utf8'), 'k1 new\nk3 new\nk2 old\n')
  done(verb('settle', a, {}))
  assert.equal([fs.readFileSync(a, 'utf8'), fs.statSync(a).mtimeMs], ['k1 new\nk3 new\n', 1_000_000])
  done(verb('settle', b, {}))
  assert.not.ok(fs.existsSync(b))
  done(verb('copy', a, { source: other }))
  done(verb('discard', a, {}))
  fs.unlinkSync(other)
  assert.equal(fs.readdirSync(top).sort(), ['a', 'etc', 'home', 'run'])
})

asRoot('digests are reported for files, through links of root alone', () => {
  fs.writeFileSync(join(top, 'a'), 'x')
  fs.symlinkSync('a', join(top, 'link'))
  fs.symlinkSync(kept, join(home, 'link'))
  fs.linkSync(kept, join(home, 'hard'))
  spawnSync('mkfifo', [join(home, 'fifo')])
  const paths = ['a', 'link', 'home/link', 'home/hard', 'home/fifo', 'none'].map((name) => join(top, name))
  const { code, said } = ran(raw(`perl "$run/files" digests / -- ${paths.join(' ')}`))
  const digest = '2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881'
  assert.is(code, 0)
  assert.equal(
    said.split('\0').map((line) => line.replace(/\d+$|(?<=^fd )\d+/, 'N')),
    [`fd N ${paths[0]}`, `fd N ${paths[1]}`, `${digest}  /proc/self/fd/N`, `${digest}  /proc/self/fd/N`, ''],
  )
})

test('lines are added with the time, others that do not match are left out', () => {
  const path = join(top, 'history')
  const add = (added: readonly string[]): void =>
    done(files.addLines(path, { mode: '0644' }, { header: '# h', keeps: '^[0-9]+ [a-z]+$', added }))
  add(['one'])
  fs.appendFileSync(path, '12 tw\n13 cut sho')
  add(['three'])
  assert.match(fs.readFileSync(path, 'utf8'), /^# h\n\d{10} one\n12 tw\n\d{10} three\n$/)
})

test('what cannot be read to its end is not taken for whole', () => {
  const path = join(top, 'copy')
  refused(files.files('read', '/proc/self/mem', []), /cannot read \/proc\/\d+\/mem whole: Input\/output error/)
  refused(files.files('copy', path, [['source', '/proc/self/mem']]), /cannot read .* whole/)
  assert.not.ok(fs.existsSync(path))
})

test('a copy is made of a file that is larger than the memory, and of none that is beyond its limit', () => {
  const path = join(top, 'copy')
  const source = join(top, 'large')
  fs.writeFileSync(source, Buffer.alloc((48 << 20) + 5, 'x'))
  const { text } = files.copyFile(path, source, {})
  done({ ...files.copyFile(path, source, {}), text: `ulimit -v 49152\n${text}` })
  assert.ok(fs.readFileSync(path).equals(fs.readFileSync(source)))
  fs.truncateSync(source, 2 << 20)
  done(files.copyFile(path, source, { maxBytes: 2 << 20 }))
  refused(files.copyFile(path, source, { maxBytes: (2 << 20) - 1 }), /large has more than 2097151 bytes: say maxBytes/)
  assert.is(fs.statSync(path).size, 2 << 20)
  assert.equal(fs.readdirSync(top).sort(), ['copy', 'etc', 'home', 'large', 'run'])
})

test('where the former file cannot be kept, nothing is changed, and nothing left beside it', () => {
  const path = join(home, 'a')
  fs.writeFileSync(path, 'before')
  refused(put(path, 'after', { backup: join(top, 'none/a') }), /cannot go to .*\/none: No such file/)
  assert.equal([fs.readFileSync(path, 'utf8'), fs.readdirSync(home)], ['before', ['a']])
})

asRoot('files with several names, as Dovecot makes them, get another owner with all that is there', () => {
  fs.mkdirSync(join(home, 'cur'))
  fs.writeFileSync(join(home, 'cur/1'), '')
  for (const name of ['cur', 'cur/1']) fs.chownSync(join(home, name), STRANGER, STRANGER)
  fs.linkSync(join(home, 'cur/1'), join(home, 'cur/2'))
  done(files.ownTree(home, { owner: 'daemon', group: 'daemon' }, true))
  for (const name of ['', 'cur', 'cur/1', 'cur/2']) assert.equal(attributesOf(join(home, name)).slice(0, 2), [1, 1])
})

asRoot('in a directory of root that others can move, no program is given a name of it', () => {
  const path = join(home, 'own/map')
  fs.mkdirSync(join(home, 'own'))
  fs.writeFileSync(path, 'x')
  const out = 'case $1 in */run/*) ;; *) exit 1;; esac'
  done(put(path, 'x', { validate: ['sh', '-c', out, 'sh', '%s'] }))
  done(files.compileFile(path, 'db', ['sh', '-c', `${out}; tr a-z A-Z < "$1" > "$1.db"`, 'sh', '%s']))
  assert.is(fs.readFileSync(`${path}.db`, 'utf8'), 'X')
  assert.equal(fs.readdirSync(run), ['files'])
})

asRoot('a question and a copy read through a link of root, and through none of others', () => {
  fs.symlinkSync('shadow', join(top, 'etc/link'))
  fs.symlinkSync(kept, join(home, 'link'))
  done(files.files('copy', join(top, 'copy'), [['source', join(top, 'etc/link')]]))
  assert.equal([fs.readFileSync(join(top, 'copy'), 'utf8'), attributesOf(join(top, 'copy'))], [secret, [0, 0, '600']])
  refused(files.files('copy', join(top, 'copy'), [['source', join(home, 'link')]]), /refused: .* is a symbolic link/)
  for (const [path, reported] of [
    ['etc/link', secret],
    ['home/link', ''],
  ] as const) {
    const { text } = readerQuestion({
      program: `my $in = eval { reach(${perlQuote(join(top, path))}) }; print bytes_of($in, 99) if $in;`,
    })
    const { stdout } = spawnSync('sh', [], { input: `${text}\n`, encoding: 'utf8' })
    assert.is(stdout, reported, path)
  }
})

const inNamespace = spawnSync('unshare', ['-m', 'true']).status === 0 ? asRoot : test.skip

inNamespace('a home directory is made whole or not at all, and one that is there stays', () => {
  const path = join(top, 'home-of-her')
  fs.writeFileSync(join(top, 'passwd'), `root:x:0:0::/root:/bin/sh\nher:x:1234:1234::${path}:/bin/sh\n`)
  fs.mkdirSync(join(top, 'skel/.config'), { recursive: true })
  fs.writeFileSync(join(top, 'skel/.config/a'), 'x')
  const make = (before: string): { readonly code: number | null; readonly said: string } =>
    ran(
      raw(`unshare -m sh -ec '
mount --bind "${top}/passwd" /etc/passwd
mount --bind "${top}/skel" /etc/skel
mount --bind "${top}/login.defs" /etc/login.defs
${before}
${files.makeHome('her').text}'`),
    )
  const says = (defs: string): void => fs.writeFileSync(join(top, 'login.defs'), defs)
  says('#HOME_MODE 0700\nUMASK\t\t022\n')
  const full = make(`mkdir "${top}/bin"
printf "#!/bin/sh\n/bin/cp \\"\\$@\\"; exit 1\n" > "${top}/bin/cp"
chmod +x "${top}/bin/cp"
PATH=${top}/bin:$PATH`)
  assert.is(full.code, 1)
  assert.match(full.said, /cannot fill .*: \S+home-of-her is not made/)
  assert.not.ok(fs.readdirSync(top).some((name) => name.includes('home-of-her')))
  fs.mkdirSync(join(top, '.home-of-her.mailrun-new'))
  fs.writeFileSync(join(top, '.home-of-her.mailrun-new/left'), '')
  assert.equal(make(':'), { code: 0, said: '' })
  assert.equal(attributesOf(path), [1234, 1234, '755'])
  assert.equal(attributesOf(join(path, '.config/a')), [1234, 1234, '644'])
  assert.equal(fs.readdirSync(path), ['.config'])
  fs.rmSync(join(path, '.config'), { recursive: true })
  assert.equal(make(':'), { code: 0, said: '' })
  assert.equal(fs.readdirSync(path), [])
  // Its mode is that of useradd(8).
  for (const [defs, mode] of [
    ['HOME_MODE\t0700\nUMASK 022\n', '700'],
    ['UMASK 077\nUMASK 027 # own\n', '750'],
    ['HOME_MODE 0x1c0\n', '700'],
    ['HOME_MODE x\nUMASKS 077\n', '755'],
  ] as const) {
    fs.rmSync(path, { recursive: true })
    says(defs)
    assert.equal(make(':'), { code: 0, said: '' })
    assert.equal(attributesOf(path), [1234, 1234, mode], defs)
  }
})

test.run()
