// mount: lines of fstab(5), and what is mounted, each by itself.
import * as assert from 'uvu/assert'
import { checkCase } from '../../../src/testing/check-case.ts'
import { planOf } from '../../../src/testing/plan-of.ts'
import { mount, type MountArgs, type MountState } from '../../../tasks/mount.ts'
import { suite } from '../../suite.ts'
import { absent, folder, link, text, textOf } from './states.ts'

const test = suite('mount')
const args: MountArgs = { path: '/srv/a b', source: 'UUID=1', type: 'ext4', options: 'nofail', pass: 2 }
const line = 'UUID=1 /srv/a\\040b ext4 nofail 0 2\n'
const state = (fstab: string, mounted: boolean): MountState => ({ fstab: text(fstab), point: folder(), mounted })

function after(given: MountArgs, fstab: string): string {
  const plan = planOf(mount(given), state(fstab, true), {})
  return plan.kind === 'change' ? textOf(plan.then.fstab) : plan.kind
}

test('line and mount are brought about, each where it is not so', () => {
  const nothing: MountState = { fstab: text('# x\n'), point: absent, mounted: false }
  checkCase(mount, { args, now: nothing, expect: ['/etc/fstab: content', 'create /srv/a b', 'mount'] })
  checkCase(mount, { args, now: state(line, false), expect: ['mount'] })
  checkCase(mount, { args, now: state('', true), expect: ['/etc/fstab: content', 'remount'] })
  checkCase(mount, { args, now: state(line, true), expect: [] })
  const later: MountArgs = { ...args, state: 'present' }
  checkCase(mount, { args: later, now: nothing, expect: ['/etc/fstab: content'] })
})

test('absent and unmounted', () => {
  const gone: MountArgs = { path: '/srv/a b', state: 'absent' }
  checkCase(mount, { args: gone, now: state(line, true), expect: ['/etc/fstab: content', 'unmount'] })
  checkCase(mount, { args: gone, now: state('', false), expect: [] })
  const off: MountArgs = { path: '/srv/a b', state: 'unmounted' }
  checkCase(mount, { args: off, now: state(line, true), expect: ['unmount'] })
  checkCase(mount, { args: off, now: state(line, false), expect: [] })
})

test('a line is found by its path, once; the others stay as they are', () => {
  const others = '# UUID=1 /srv/a\\040b\n/dev/a\t/\text4  defaults 0 1\n\nproc /proc proc'
  assert.is(after(args, others), `${others}\n${line}`)
  assert.is(after(args, `${others}\n${line}`), 'ok')
  assert.is(after(args, '  UUID=1\t/srv/a\\040b  ext4 nofail 0   2\n'), 'ok')
  assert.is(after(args, `UUID=2 /srv/a\\040b xfs x\n${others}\n${line}`), `${line}${others}\n`)
  const short: MountArgs = { path: '/srv/b', source: 'a', type: 'nfs' }
  assert.is(after(short, 'a /srv/b nfs defaults\n'), 'ok')
})

test('what is in the way blocks', () => {
  const now = state(line, false)
  checkCase(mount, { args, now: { ...now, point: text('') }, expect: { blocked: 'is no directory' } })
  checkCase(mount, { args, now: { ...now, point: link('/etc') }, expect: { blocked: 'is no directory' } })
  checkCase(mount, { args, now: { ...now, point: { ...absent, parent: 'absent' } }, expect: { blocked: 'above' } })
})

test('what would be another line, field or flag is refused', () => {
  const refused = (given: object, message: RegExp): void =>
    assert.throws(() => mount({ ...args, ...given }), message, JSON.stringify(given))
  for (const path of ['x', '/a\nb', '/a/../b', '/a/']) refused({ path }, /path must/)
  for (const source of ['', 'a\nb', '-o', '# x']) refused({ source }, /source must/)
  for (const type of ['', 'a b', 'x\n']) refused({ type }, /type must/)
  for (const options of ['', 'a b', 'a\nb']) refused({ options }, /options must/)
  refused({ pass: 3 }, /pass must/)
  refused({ state: 'absent' }, /nothing but path/)
  refused({ source: undefined }, /are wanted/)
})

test.run()
