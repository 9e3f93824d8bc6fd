// The live lines at the bottom of a terminal: one for each busy host, and the progress of the fleet.
import type { RunEvent } from '../../core/run-event.ts'
import type { Colours } from '../write/colour.ts'
import type { Terminal } from '../screen.ts'
import { fit, pad, width } from '../write/width.ts'
import { asLines, EMPTY, erase, printed, said, term, type TerminalText } from '../write/terminal.ts'

export interface Live {
  /** Takes note of what is running. */
  see(event: RunEvent): void
  /** Prints above the live lines. */
  print(text: TerminalText): void
  /** Removes the live lines for good. */
  close(): void
}

const FRAME_MS = 100
const NAME_COLUMNS = 24
/** The name of a task may be the text of a command. */
const TASK_COLUMNS = 40
/** Rows left to what was printed before. */
const ROWS_FREE = 4

/** What a host does yields to what it says, down to this share of the line. */
const DOING_SHARE = 0.55

interface Busy {
  readonly since: number
  doing: TerminalText
  said: TerminalText
}

export function live(terminal: Terminal, paint: Colours): Live {
  const busy = new Map<string, Busy>()
  const fleet = { all: 0, ended: 0 }
  let drawn: readonly TerminalText[] = []
  let timer: NodeJS.Timeout | undefined
  let closed = false

  const erased = (): TerminalText => {
    const rows = drawn.reduce(
      (sum, line) => sum + Math.max(1, Math.ceil(width(line) / Math.max(1, terminal.columns))),
      0,
    )
    drawn = []
    return erase(rows)
  }
  const draw = (): void => {
    timer = undefined
    if (closed) return
    const lines = liveLines([...busy], fleet, terminal, paint)
    if (lines.join('\n') !== drawn.join('\n')) {
      terminal.write(term`${erased()}${asLines(lines)}`)
      drawn = lines
    }
    if (busy.size > 0) drawSoon()
  }
  const drawSoon = (): void => {
    if (closed || timer) return
    timer = setTimeout(draw, FRAME_MS)
    timer.unref()
  }

  return {
    see(event) {
      note(event, busy, fleet)
      drawSoon()
    },
    print(text) {
      terminal.write(term`${erased()}${text}`)
      drawSoon()
    },
    close() {
      closed = true
      clearTimeout(timer)
      terminal.write(erased())
    },
  }
}

function note(event: RunEvent, busy: Map<string, Busy>, fleet: { all: number; ended: number }): void {
  const set = (host: string, doing: TerminalText, what = EMPTY): void => {
    busy.set(host, { since: performance.now(), doing, said: what })
  }
  switch (event.kind) {
    case 'run-start':
      fleet.all = event.hosts.length
      return
    case 'host-start':
      return set(event.host, term`connecting`)
    case 'host-connected':
    case 'change-end':
      return set(event.host, term`asking`)
    case 'host-waiting':
      return set(event.host, term`waiting for another run`, said(event.holder))
    case 'change-start':
      return set(event.host, term`${said(event.type)} ${fit(said(event.task), TASK_COLUMNS)}: ${said(event.summary)}`)
    case 'change-output': {
      const at = busy.get(event.host)
      if (at) at.said = printed(event.line)
      return
    }
    case 'host-note': {
      const at = busy.get(event.host)
      if (at) at.said = said(event.note)
      return
    }
    case 'host-facts':
      return
    case 'host-parked':
      busy.delete(event.host)
      return
    case 'host-end':
      fleet.ended += 1
      busy.delete(event.host)
      return
    case 'interrupted':
    case 'run-end':
      return
  }
}

/** Never more rows than the terminal has, never wider; where not all hosts fit, those that take longest are shown. */
export function liveLines(
  busy: readonly (readonly [
    string,
    { readonly since: number; readonly doing: TerminalText; readonly said: TerminalText },
  ])[],
  { all, ended }: { readonly all: number; readonly ended: number },
  { columns, rows }: { readonly columns: number; readonly rows: number },
  paint: Colours,
): readonly TerminalText[] {
  if (busy.length === 0) return []
  const now = performance.now()
  const room = Math.max(0, rows - ROWS_FREE)
  const longest = [...busy]
    .sort(([, a], [, b]) => a.since - b.since)
    .slice(0, busy.length <= room ? busy.length : Math.max(0, room - 1))
  // In the order in which they began, so that lines stay where they are.
  const shown = busy.filter((each) => longest.includes(each)).map(([name, what]) => ({ name: said(name), ...what }))
  const nameColumns = Math.min(NAME_COLUMNS, Math.max(...shown.map(({ name }) => width(name)), 0))
  const lines = shown.map(({ name, since, doing, said: what }) => {
    const seconds = term`${Math.floor((now - since) / 1000)} s`
    const head = fit(term`${pad(fit(name, nameColumns), nameColumns)}  ${pad(seconds, 5)}  `, columns - 1)
    const room = columns - 1 - width(head)
    const isSilent = what.length === 0
    const doingRoom = isSilent ? room : Math.max(Math.floor(room * DOING_SHARE), room - width(what) - 2)
    const text = term`${head}${fit(doing, doingRoom)}`
    const left = columns - 1 - width(text) - 2
    return !isSilent && left > 8 ? term`${text}  ${paint.faint(fit(what, left))}` : text
  })
  const unseen = busy.length - shown.length
  const more = unseen > 0 && shown.length > 0 ? term` (${unseen} not shown)` : EMPTY
  const foot = term`${ended} of ${all} done, ${busy.length} at work${more}`
  return all > 1 || shown.length === 0 ? [...lines, paint.faint(fit(foot, columns - 1))] : lines
}
