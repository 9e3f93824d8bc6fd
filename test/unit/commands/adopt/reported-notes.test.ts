// A note about a host that `mailrun adopt` has reported is not reported again by its check.
import * as assert from 'uvu/assert'
import { reportedNotes } from '../../../../src/commands/adopt/reported-notes.ts'
import type { RunEvent } from '../../../../src/core/run-event.ts'
import type { RunBounds } from '../../../../src/engine/ask-only.ts'
import { suite } from '../../../suite.ts'

const test = suite('commands/adopt/reported-notes')

const { signal } = new AbortController()
const BOUNDS: RunBounds = { forks: 1, interrupt: signal, abandon: signal }
const note = (host: string, text: string): RunEvent => ({ kind: 'host-note', host, note: text })

test('a note is reported once; other notes and events go on', () => {
  const said: string[] = []
  const { bounds, isReported } = reportedNotes({
    ...BOUNDS,
    onHostNote: (hosts, text) => said.push(`${hosts.join()} ${text}`),
  })
  bounds.onHostNote!(['mx1', 'mx2'], 'is new')
  assert.equal(said, ['mx1,mx2 is new'])
  assert.equal([note('mx2', 'is new'), note('mx2', 'waits'), note('mx3', 'is new')].map(isReported), [
    true,
    false,
    false,
  ])
  assert.is(isReported({ kind: 'host-start', host: 'mx1' }), false)
})

test('if nobody listened to the notes, the check reports them', () => {
  const { bounds, isReported } = reportedNotes(BOUNDS)
  assert.is(bounds.onHostNote, undefined)
  assert.is(isReported(note('mx1', 'is new')), false)
})

test.run()
