// Writes a rotation for people: the steps that were done, the state of each key, what it waits for, and when to run it
// again.
import type { DoneStep } from '../../mail/rotation/done-step.ts'
import type { KeyProgress, NextSteps, RotationStep } from '../../mail/rotation/steps.ts'
import { comeBack } from './come-back.ts'
import type { RotationFormat, RotationView } from './format.ts'
import type { Colours } from '../write/colour.ts'
import { lookOf } from '../screen.ts'
import { wrappedText } from '../write/wrap.ts'
import { pad, width } from '../write/width.ts'
import { EMPTY, joined, said, term, type Paint, type TerminalText } from '../write/terminal.ts'

export const format: RotationFormat = {
  language: 'terminal',
  about: 'people: each step as it is done, then each key, what it waits for, and when to come back',
  open: ({ out, notes }) => ({
    done: (doneStep) => out.write(wrappedText(doneStepText(doneStep, out.paint), lookOf(out).columns)),
    waiting: (why) => {
      if (notes.isTerminal) notes.write(term`waiting: ${said(why)}\n`)
    },
    ended: (view) => out.write(wrappedText(rotationText(view, out.paint), lookOf(out).columns)),
  }),
}

export const doneStepText = ({ host, domain, selector, what, failed }: DoneStep, paint: Colours): TerminalText =>
  failed === undefined
    ? term`${paint.changed(term`done`)}    ${said(`${host}  ${domain}  ${selector}: ${what}`)}\n`
    : term`${paint.bad(term`failed`)}  ${said(`${host}  ${domain}  ${selector}: ${what}: ${failed}`)}\n`

const NEXT: Readonly<Record<RotationStep['kind'], string>> = {
  note: 'that is written down',
  begin: 'a new key',
  make: 'its key is made',
  publish: 'it is published',
  activate: 'it signs',
  revoke: 'it is revoked in DNS',
  'delete-key': 'its private key is deleted',
  'delete-record': 'its record is taken out of DNS',
}

export function rotationText(view: RotationView, paint: Colours): TerminalText {
  const { rotations, faults, doneSteps } = view
  const blocks = rotations.map((each) => nextStepsText(each, view, paint))
  const reported = faults.map(
    ({ host, domain, status, why }) =>
      term`${paint.bad(said(status))}  ${said(`${host}${domain === undefined ? '' : `  ${domain}`}: ${why}`)}\n`,
  )
  const gap = doneSteps.length > 0 && blocks.length > 0 ? [term`\n`] : []
  return joined([...gap, ...blocks, ...reported, term`${said(lastLine(view))}\n`])
}

/** When to come back, and for what. */
function lastLine({ rotations, faults, doneSteps, check, now }: RotationView): string {
  if (faults.some(({ status }) => status === 'interrupted')) return 'interrupted: run it again to go on'
  const back = comeBack(rotations)
  if (back !== undefined) return `come back at ${clockText(now, back)} (in ${durationText(back)})`
  const keys = rotations.flatMap((each) => each.keys)
  const isHeld = keys.some(({ wait }) => wait !== undefined) || doneSteps.some(({ failed }) => failed !== undefined)
  if (isHeld) return 'come back when that is corrected'
  const isDue = rotations.some(({ begin }) => begin !== undefined) || keys.some(({ step }) => step !== undefined)
  if (check && isDue) return 'nothing was changed (--check)'
  if (faults.length === 0)
    return `nothing is to be done${rotations.length === 0 ? '' : ': every key is as it is to be'}`
  return rotations.length === 0
    ? 'nothing was done: no host answered about its keys'
    : 'nothing is to be done on the other hosts'
}

/** Times that hosts wrote down are shown as they did; those to come are shown by the clock here. */
function nextStepsText(nextSteps: NextSteps, view: RotationView, paint: Colours): TerminalText {
  const { host, domain, keys, begin, due, notes } = nextSteps
  const columns = Math.max(0, ...keys.map(({ selector }) => width(said(selector))))
  const begins = begin === undefined ? [] : [term`  ${said(`${nextWord(view)}: a new key (${due})`)}\n`]
  return joined([
    term`${paint.strong(said(`${host}  ${domain}`))}\n`,
    ...keys.map((key) => keyLine(key, columns, nextSteps.now, view, paint)),
    ...begins,
    ...notes.map((note) => term`  ${paint.doubtful(term`note`)}: ${said(note)}\n`),
  ])
}

const nextWord = ({ check }: RotationView): string => (check ? 'next' : 'not done')

function keyLine(key: KeyProgress, columns: number, hostNow: number, view: RotationView, paint: Colours): TerminalText {
  const { selector, state, since } = key
  const when = since === undefined ? EMPTY : term`  since ${said(clockText(new Date(since * 1000), 0))}`
  const then = thenText(key, hostNow, view)
  const isAlone = when.length === 0 && then === ''
  const word = keyPaint(key, paint)(isAlone ? said(state) : pad(said(state), 10))
  return term`  ${pad(said(selector), columns)}  ${word}${paint.faint(when)}${said(then)}\n`
}

/** What a key waits for, or what is its next step. */
function thenText({ step, wait }: KeyProgress, hostNow: number, view: RotationView): string {
  if (wait?.kind === 'until') {
    const left = wait.time - hostNow
    return `; until ${clockText(view.now, left)} (in ${durationText(left)}): ${wait.why}`
  }
  if (wait !== undefined) return `; ${wait.why}`
  return step === undefined ? '' : `; ${nextWord(view)}: ${NEXT[step.kind]}`
}

function keyPaint({ state, wait }: KeyProgress, paint: Colours): Paint {
  if (wait?.kind === 'blocked') return paint.bad
  if (wait !== undefined) return paint.doubtful
  return state === 'active' ? paint.good : paint.faint
}

/** Local time here, whatever the host's clock says. */
function clockText(now: Date, seconds: number): string {
  const at = new Date(now.getTime() + seconds * 1000)
  const two = (part: number): string => String(part).padStart(2, '0')
  const day = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join('-')
  const time = [at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(':')
  return `${day} ${time}`
}

/** The two largest units that are not nothing: `9 d 23 h`, `41 s`. */
export function durationText(seconds: number): string {
  const all = Math.max(0, Math.ceil(seconds))
  const parts = [
    [Math.floor(all / 86_400), 'd'],
    [Math.floor(all / 3600) % 24, 'h'],
    [Math.floor(all / 60) % 60, 'min'],
    [all % 60, 's'],
  ] as const
  const first = parts.findIndex(([count]) => count > 0)
  return first === -1
    ? '0 s'
    : parts
        .slice(first, first + 2)
        .filter(([count]) => count > 0)
        .map(([count, unit]) => `${count} ${unit}`)
        .join(' ')
}
