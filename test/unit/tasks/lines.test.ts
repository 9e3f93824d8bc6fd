// Lines and blocks in files, on texts: what is replaced, kept, added, and where.
import { createHash } from 'node:crypto'
import * as assert from 'uvu/assert'
import {
  contentBytes,
  NEEDED_BYTES,
  pathProbe,
  SHOWN_BYTES,
  type PathState,
} from '../../../src/resources/files/path.ts'
import { checkCase } from '../../../src/testing/check-case.ts'
import { planOf } from '../../../src/testing/plan-of.ts'
import { blockInFile } from '../../../tasks/block-in-file.ts'
import { lineInFile } from '../../../tasks/line-in-file.ts'
import { suite } from '../../suite.ts'

const test = suite('lines in files')
const holding = (text: string): PathState => ({
  is: {
    kind: 'file',
    owner: 'root',
    group: 'root',
    mode: '0644',
    sha256: createHash('sha256').update(text).digest('hex'),
    mtime: '1',
    content: new Uint8Array(Buffer.from(text)),
  },
  parent: 'directory',
  missing: [],
})
const textOf = (plan: ReturnType<typeof planOf<PathState>>): string | undefined =>
  plan.kind === 'change' && plan.then.is.kind === 'file' ? Buffer.from(plan.then.is.content!).toString() : undefined

const PORT = { path: '/etc/sshd', regexp: /^#Port/, line: 'Port 22' }
for (const [what, before, after] of [
  ['is replaced', '#Port 2222\nX\n', 'Port 22\nX\n'],
  ['the last one is replaced, once', '#Port 1\n#Port 2\n', '#Port 1\nPort 22\n'],
  ['is added where none matches', 'X\n', 'X\nPort 22\n'],
] as const) {
  test(`a line that the expression matches, but not the new one: ${what}`, () => {
    checkCase(lineInFile, { args: PORT, now: holding(before), expect: ['content'] })
    assert.is(textOf(planOf(lineInFile(PORT), holding(before), {})), after)
  })
}
test('an equal line is kept, whatever else matches', () => {
  checkCase(lineInFile, { args: PORT, now: holding('Port 22\n'), expect: [] })
  checkCase(lineInFile, { args: PORT, now: holding('#Port 2222\nPort 22\n'), expect: [] })
})

test('a block takes over the markers of Ansible', () => {
  const args = { path: '/x', block: 'b', marker: '# {mark} ANSIBLE $& {mark}', content: 'one\n' }
  const written = '# BEGIN ANSIBLE $& {mark}\nformer\n# END ANSIBLE $& {mark}\nrest\n'
  assert.is(textOf(planOf(blockInFile(args), holding(written), {})), written.replace('former', 'one'))
  const comments = ['{mark} comment', '; {mark}']
  for (const marker of comments)
    checkCase(blockInFile, { args: { ...args, marker }, now: holding(''), expect: ['content'] })
  assert.throws(
    () => blockInFile({ ...args, marker: '# BEGIN' }),
    /marker must be one line with \{mark\} in it, got "# BEGIN"/,
  )
  assert.throws(() => blockInFile({ ...args, marker: '{mark}\n' }), /marker must be one line with/)
  assert.throws(() => blockInFile({ ...args, comment: ';' }), /give marker or comment, not both/)
})

test('a block before a line, and with the line endings of its file', () => {
  const args = { path: '/x', block: 'b', content: 'one\r\ntwo\r\n', insertBefore: /^end/ }
  assert.is(
    textOf(planOf(blockInFile(args), holding('start\r\nend\r\n'), {})),
    'start\r\n# BEGIN mailrun b\r\none\r\ntwo\r\n# END mailrun b\r\nend\r\n',
  )
  assert.is(
    textOf(planOf(blockInFile(args), holding('start\nend\n'), {})),
    'start\n# BEGIN mailrun b\none\ntwo\n# END mailrun b\nend\n',
  )
  assert.throws(() => blockInFile({ ...args, insertAfter: /x/ }), /give insertAfter or insertBefore, not both/)
})

test('a file may grow past what is shown, not past what can be edited', () => {
  const near = holding('x'.repeat(SHOWN_BYTES - 1) + '\n')
  checkCase(lineInFile, { args: { path: '/x', line: 'one more' }, now: near, expect: ['content'] })
  const full = holding('x'.repeat(NEEDED_BYTES - 1) + '\n')
  checkCase(lineInFile, {
    args: { path: '/x', line: 'one more' },
    now: full,
    expect: { blocked: '/x would be larger than 1 MiB' },
  })
})

test('how much is asked depends on what it is for', () => {
  const shown = pathProbe({ path: '/a', wanted: 'shown' })
  const needed = pathProbe({ path: '/a', wanted: 'needed' })
  assert.equal([contentBytes('digest'), contentBytes('shown'), contentBytes('needed')], [0, 65_536, 1_048_576])
  const large = holding('x'.repeat(SHOWN_BYTES + 1)).is
  const state = { is: { kind: 'absent' }, parent: 'directory', missing: [] } as const
  const is = (probe: typeof shown) => {
    const next = probe.foresee(state, { resource: 'path:/a', value: large })
    return next?.is.kind === 'file' && next.is.content !== undefined
  }
  assert.equal([is(shown), is(needed)], [false, true])
})

test.run()
