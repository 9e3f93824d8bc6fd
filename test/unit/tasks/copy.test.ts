// copy: of a folder, what is in it, and with purge nothing else; of a file, see paths.test.ts.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { listFolder } from '../../../src/playbook/list-folder.ts'
import type { FolderState } from '../../../src/resources/files/put-folder.ts'
import { checkCase } from '../../../src/testing/check-case.ts'
import { listedTask, planOf } from '../../../src/testing/plan-of.ts'
import { copy } from '../../../tasks/copy.ts'
import { suite } from '../../suite.ts'
import { absent, folder, link, text } from './states.ts'

const test = suite('copy: folders')
const args = { src: 'files/', dest: '/srv/x' } as const
const sources = { 'files/a': 'a\n', 'files/sub/run': '#!/bin/sh\n' }
const none = { ...absent, parent: 'absent' } as const
const state = (own: FolderState, a: FolderState, sub: FolderState, run: FolderState): FolderState => ({
  ...own,
  below: [a, sub, run],
})

test('all of it is made, directories before what is in them', () => {
  const now = state(absent, none, none, none)
  checkCase(copy, { args, sources, now, expect: ['create', 'a: create', 'sub: create', 'sub/run: create'] })
})

test('only what differs is changed', () => {
  const run = text('#!/bin/sh\n', 'root', '0755')
  checkCase(copy, { args, sources, now: state(folder(), text('a\n'), folder(), run), expect: [] })
  checkCase(copy, { args, sources, now: state(folder(), text('b\n'), folder(), run), expect: ['a: content'] })
  const modes = { ...args, mode: '0640', directoryMode: '0750' } as const
  checkCase(copy, {
    args: modes,
    sources,
    now: state(folder(), text('a\n'), folder(), run),
    expect: ['mode 0755 → 0750', 'a: mode 0644 → 0640', 'sub: mode 0755 → 0750', 'sub/run: mode 0755 → 0640'],
  })
})

test('a new file that its owner may execute on the controller gets 0755, one that is there keeps its mode', () => {
  const modeOf = (run: FolderState): unknown => {
    const plan = planOf(copy(args), state(folder(), text('a\n'), folder(), run), sources)
    const is = plan.kind === 'change' ? plan.then.below![2]!.is : undefined
    return is?.kind === 'file' && is.mode
  }
  assert.is(modeOf(absent), '0755')
  assert.is(modeOf(text('old', 'root', '0600')), '0600')
})

test('what is in the way blocks', () => {
  checkCase(copy, { args, sources, now: state(link('/etc'), none, none, none), expect: { blocked: '/srv/x is there' } })
  const now = state(folder(), text('a\n'), link('/etc'), none)
  checkCase(copy, { args, sources, now, expect: { blocked: '/srv/x/sub is there and is not a directory' } })
  const under = state(folder(), folder(), folder(), absent)
  checkCase(copy, { args, sources, now: under, expect: { blocked: '/srv/x/a is a directory' } })
  checkCase(copy, { args, sources, now: state(none, none, none, none), expect: { blocked: 'is not there: make it' } })
})

test('purge removes the topmost of what is not in the folder, and refuses what it cannot name', () => {
  const all = (...names: readonly string[]): FolderState => ({
    ...state(folder(), text('a\n'), folder(), text('#!/bin/sh\n', 'root', '0755')),
    all: { names: names.map((each) => ({ kind: each[0]!, path: each.slice(1) })), more: false },
  })
  const purged = { ...args, purge: true } as const
  checkCase(copy, { args: purged, sources, now: all('fa', 'dsub', 'fsub/run'), expect: [] })
  checkCase(copy, {
    args: purged,
    sources,
    now: all('fa', 'dold', 'fold/x', 'lold.link', 'dsub', 'fsub/run', 'fsub/x'),
    expect: ['old: remove with all in it', 'old.link: remove', 'sub/x: remove'],
  })
  checkCase(copy, { args: purged, sources, now: all('fa', 'f\uFFFD'), expect: { blocked: 'not UTF-8' } })
  const many = { ...all('fa'), all: { names: [], more: true } }
  checkCase(copy, { args: purged, sources, now: many, expect: { blocked: 'purge is not for such a directory' } })
})

test('what purge removes is absent afterwards, for the tasks that come then', () => {
  const now: FolderState = {
    ...state(folder(), text('a\n'), folder(), text('#!/bin/sh\n', 'root', '0755')),
    all: {
      names: ['fa', 'dold', 'fold/x', 'fy'].map((each) => ({ kind: each[0]!, path: each.slice(1) })),
      more: false,
    },
  }
  const plan = planOf(copy({ ...args, purge: true }), now, sources)
  assert.equal(plan.kind === 'change' && plan.facts, [
    { resource: 'path:/srv/x/old', value: { kind: 'absent' } },
    { resource: 'path:/srv/x/y', value: { kind: 'absent' } },
  ])
})

test('of many files digests are asked, for their contents would be more than a trip may hold', () => {
  const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`files/${n}`, 'x']))
  const wanted = (count: number): boolean =>
    listedTask(copy(args), many(count)).probe.key.includes(String.raw`\"wanted\":\"shown\"`)
  assert.equal([wanted(32), wanted(33)], [true, false])
  const below = Array.from({ length: 33 }, () => absent)
  const expect = ['create', ...Object.keys(many(33)).map((path) => `${path.slice('files/'.length)}: create`)]
  checkCase(copy, { args, sources: many(33), now: { ...absent, below }, expect })
})

test('each file is decided by this task alone, and a folder at / has no double slashes', () => {
  assert.equal(listedTask(copy(args), sources).owns, ['content:/srv/x/a', 'content:/srv/x/sub/run'])
  assert.equal(listedTask(copy({ ...args, dest: '/' }), sources).owns, ['content:/a', 'content:/sub/run'])
  const owns = ['tree:/srv/x', 'content:/srv/x/a', 'content:/srv/x/sub/run']
  assert.equal(listedTask(copy({ ...args, purge: true }), sources).owns, owns)
})

test('what goes with a file or a folder alone is refused with the other', () => {
  const refused = (more: object, message: RegExp): void => assert.throws(() => copy({ ...args, ...more }), message)
  refused({ backup: true }, /backup does not go with a folder/)
  refused({ validate: ['x', '%s'] }, /validate does not go with a folder/)
  refused({ src: 'a', purge: true }, /purge goes with a folder alone/)
  refused({ src: 'a', directoryMode: '0755' }, /directoryMode goes with a folder alone/)
  refused({ dest: '/', purge: true }, /purge does not go with dest: \//)
})

test('a folder of the controller is listed with links followed; what cannot be brought is an error', async () => {
  const place = mkdtempSync(join(tmpdir(), 'mailrun-folder-'))
  try {
    mkdirSync(join(place, 'f/sub'), { recursive: true })
    writeFileSync(join(place, 'f/sub/run'), '', { mode: 0o755 })
    symlinkSync('sub/run', join(place, 'f/a'))
    const listed = await listFolder([join(place, 'none'), join(place, 'f')], 'f/', 'x.ts:1')
    assert.equal(
      listed.map(({ path, kind, executable }) => `${kind} ${path} ${executable}`),
      ['file a true', 'directory sub false', 'file sub/run true'],
    )
    const refused = async (path: string, message: RegExp): Promise<void> => {
      const error = await listFolder([join(place, path)], path, 'x.ts:1').then(
        () => undefined,
        (reason: unknown) => String(reason),
      )
      assert.match(error ?? 'no error', message)
    }
    await refused('none', /there is no folder none/)
    await refused('f/sub/run', /is no folder: name it without a slash/)
    symlinkSync('.', join(place, 'f/sub/loop'))
    await refused('f', /more than 40 folders below each other/)
  } finally {
    rmSync(place, { recursive: true })
  }
})

test.run()
