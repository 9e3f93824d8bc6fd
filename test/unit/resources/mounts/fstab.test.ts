// Lines of fstab: one is found by its fields, and edited; all others stay byte for byte.
import * as assert from 'uvu/assert'
import { editFstab, fstabEntries, ofMountPoint, ofSwapFile } from '../../../../src/resources/mounts/fstab.ts'
import { suite } from '../../../suite.ts'
import { text } from '../../tasks/states.ts'

const test = suite('mounts: fstab')
const entry = (path: string) => ({ source: 'tmpfs', path, fstype: 'tmpfs', options: 'ro', dump: '0', pass: '0' })
const FSTAB =
  '# <file system>\t<mount point>\n\n/dev/sda1  /\text4 errors=remount-ro 0 1\n\tnone /srv/a\\040b tmpfs\n#x\n'

test('a line is added at the end, also after one without its end', () => {
  assert.is(editFstab('', ofMountPoint('/x'), entry('/x')), 'tmpfs /x tmpfs ro 0 0\n')
  assert.is(editFstab('a b c', ofMountPoint('/x'), entry('/x')), 'a b c\ntmpfs /x tmpfs ro 0 0\n')
  assert.is(editFstab(FSTAB, ofMountPoint('/x'), entry('/x')), `${FSTAB}tmpfs /x tmpfs ro 0 0\n`)
})

test('the line of the path is replaced in its place, blanks in it are octal', () => {
  const edited = editFstab(FSTAB, ofMountPoint('/srv/a b'), entry('/srv/a b'))
  assert.is(edited, FSTAB.replace('\tnone /srv/a\\040b tmpfs', 'tmpfs /srv/a\\040b tmpfs ro 0 0'))
  assert.is(editFstab(edited, ofMountPoint('/srv/a b'), entry('/srv/a b')), edited)
  const odd = editFstab('', ofMountPoint('/a\t\\'), entry('/a\t\\'))
  assert.is(odd, 'tmpfs /a\\011\\134 tmpfs ro 0 0\n')
  assert.equal(fstabEntries(text(odd), ofMountPoint('/a\t\\')), [entry('/a\t\\')])
})

test('a line that says the same in other words stays', () => {
  for (const line of ['tmpfs\t/x  tmpfs ro', '  tmpfs /x tmpfs ro 0', 'tmpfs /x tmpfs ro 0 0 # mine'])
    assert.is(editFstab(`${line}\n`, ofMountPoint('/x'), entry('/x')), `${line}\n`)
})

test('all lines of the path go, and no other', () => {
  assert.is(editFstab('a /x c\nb /y c\nd /x/ c\n#a /x c\n', ofMountPoint('/x'), undefined), 'b /y c\n#a /x c\n')
  assert.is(editFstab('a /x c\n', ofMountPoint('/x'), undefined), '')
  assert.is(editFstab(FSTAB, ofMountPoint('/nosuch'), undefined), FSTAB)
})

test('a swap file is found by its path, whatever stands as its mount point', () => {
  const lines = text('/swap none swap sw 0 0\n/swap /swap ext4\n/swap swap swap pri=1\n/other none swap sw\n')
  assert.equal(
    fstabEntries(lines, ofSwapFile('/swap')).map(({ options }) => options),
    ['sw', 'pri=1'],
  )
  assert.equal(fstabEntries(lines, ofMountPoint('none')), [])
})

test.run()
