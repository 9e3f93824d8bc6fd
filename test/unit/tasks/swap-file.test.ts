// swapFile: what is planned from the file, the kernel and fstab; answers of hosts; what is refused at once.
import * as assert from 'uvu/assert'
import { partsAnswer } from '../../../src/core/probe/probe.ts'
import { checkCase } from '../../../src/testing/check-case.ts'
import { planOf } from '../../../src/testing/plan-of.ts'
import { swapFile, type SwapFileArgs, type SwapFileState } from '../../../tasks/swap-file.ts'
import { suite } from '../../suite.ts'
import { text, textOf } from './states.ts'

const test = suite('swapFile')
const args = { path: '/swapfile', size: '1G' } as const
const nothing: SwapFileState = {
  place: { kind: 'absent' },
  file: undefined,
  active: undefined,
  isLeft: false,
  outdated: false,
  fstab: text('# x\n'),
}
const file = { size: 1024 ** 3, isRoots: true, isSwap: true, hasHoles: false }
const used: SwapFileState = {
  ...nothing,
  place: { kind: 'file' },
  file,
  active: { priority: -2 },
  fstab: text('/swapfile\tswap\tswap\tdefaults\t0 0\n'),
}
const STORED = ['fstab: content', 'load fstab']

test('what is lacking is done, and what somebody has set up by hand is enough', () => {
  const cases: readonly (readonly [Partial<SwapFileState>, readonly string[]])[] = [
    [nothing, ['create and use', ...STORED]],
    [used, []],
    [{ ...used, active: undefined }, ['use']],
    [{ ...used, file: { ...file, isRoots: false } }, ['owner root, mode 0600']],
    [{ ...used, file: { ...file, size: 1024 ** 2 } }, ['1 MiB → 1024 MiB']],
    [{ ...used, file: { ...file, hasHoles: true }, active: undefined }, ['without holes']],
    [{ ...used, isLeft: true }, ['remove what a run that was ended has left']],
    [{ ...used, outdated: true }, ['load fstab']],
    [{ ...used, fstab: text('/swapfile none swap sw,noauto 0 0\n') }, STORED],
    [{ ...used, fstab: text('') }, STORED],
  ]
  for (const [now, expect] of cases) checkCase(swapFile, { args, now: { ...nothing, ...now }, expect })
})

test('the priority is the kernel’s and that of the line, whose other options stay', () => {
  const first = { ...args, priority: 5 }
  checkCase(swapFile, { args: first, now: used, expect: ['priority -2 → 5', ...STORED] })
  const plan = planOf(swapFile(first), { ...used, fstab: text('/swapfile swap swap discard,pri=1,nofail 0 0\n') }, {})
  assert.is(plan.kind === 'change' && textOf(plan.then.fstab), '/swapfile swap swap discard,nofail,pri=5 0 0\n')
  const other = { ...used, file: { ...file, size: 4096 }, active: { priority: 7 } }
  const larger = planOf(swapFile(args), other, {})
  assert.match(larger.kind === 'change' ? larger.changes[0]!.apply.text : '', 'size=1073741824 priority=7')
})

test('absent stops it first, and removes the file last', () => {
  const gone: SwapFileArgs = { path: '/swapfile', state: 'absent' }
  checkCase(swapFile, { args: gone, now: used, expect: ['stop', ...STORED, 'remove'] })
  checkCase(swapFile, { args: gone, now: { ...nothing, fstab: used.fstab }, expect: STORED })
  checkCase(swapFile, {
    args: gone,
    now: { ...nothing, isLeft: true },
    expect: ['remove what a run that was ended has left'],
  })
  checkCase(swapFile, { args: gone, now: nothing, expect: [] })
})

test('data, a link, a directory of others’ and two lines block', () => {
  const blocked = (now: Partial<SwapFileState>, expected: string): void => {
    checkCase(swapFile, { args, now: { ...nothing, ...now }, expect: { blocked: expected } })
  }
  const data = { place: { kind: 'file' }, file: { ...file, isSwap: false } } as const
  blocked(data, 'holds no swap area: move it away')
  blocked({ place: { kind: 'directory' } }, 'holds no swap area')
  blocked({ place: { kind: 'symlink' } }, 'is a symbolic link')
  blocked({ place: { kind: 'absent', refused: '/home/bob, which bob can write' } }, 'below /home/bob')
  blocked({ place: { kind: 'file', leadsTo: '/x' }, file }, 'leads to /x')
  blocked({ fstab: text('/swapfile a swap b\n/swapfile c swap d\n') }, 'has 2 lines for /swapfile')
  const gone: SwapFileArgs = { path: '/swapfile', state: 'absent' }
  checkCase(swapFile, { args: gone, now: { ...nothing, ...data }, expect: { blocked: 'remove it with file' } })
})

test('the answer is read line by line, and one that no host gives is refused', () => {
  const answer = (stdout: string) => ({ code: 0, stdout, stderr: '' })
  const fstab = answer(JSON.stringify({ parent: 'd', missing: [] }))
  const read = (stdout: string): SwapFileState => swapFile(args).probe.parse(partsAnswer([answer(stdout), fstab]))
  const state = read('place file - -\nleft\nfile 4096 1 1 0\nused -3\nno\n\0end')
  assert.equal(state.file, { size: 4096, isRoots: true, isSwap: true, hasHoles: false })
  assert.equal([state.active, state.isLeft, state.outdated], [{ priority: -3 }, true, false])
  assert.equal(read('place absent - -\nyes\n\0end').file, undefined)
  for (const said of [
    'no\n\0end',
    'place absent - -\n\0end',
    'place file - -\nno\n\0end',
    'place file - -\nfile 1 2 3 4\nno\n\0end',
  ])
    assert.throws(() => read(said), /cannot be asked for/, said)
})

test('refused before any host is asked', () => {
  const refused = (given: object, message: RegExp): void =>
    assert.throws(() => swapFile({ ...args, ...given }), message, JSON.stringify(given))
  for (const path of ['', 'x', '/', '/a/../b', '/a\nb', '/proc/x', '/dev/shm/x', '/run/x', '/tmp/x'])
    refused({ path }, /path /)
  for (const size of ['', '1', '1K', '1.5G', '-1G', '1GB', ' 1G', '1G\n']) refused({ size }, /size must be such as/)
  for (const size of ['0M', '17T']) refused({ size }, /size must be from/)
  for (const priority of [-1, 1.5, 32_768]) refused({ priority }, /priority must be/)
  refused({ size: undefined }, /size is wanted/)
  refused({ state: 'absent' }, /goes with nothing but path/)
})

test('hostile names are one word of the shell', () => {
  const plan = planOf(swapFile({ path: `/it's "$(x)" -y`, size: '1M' }), nothing, {})
  assert.match(plan.kind === 'change' ? plan.changes[0]!.apply.text : '', `make '/it'\\''s "$(x)" -y' size=1048576 <<`)
})

test.run()
