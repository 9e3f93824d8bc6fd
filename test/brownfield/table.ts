// What came of profiles, as a table of Markdown.
import type { Afterwards } from './afterwards.ts'
import type { Trial } from './trial.ts'

export interface Row {
  readonly tried: Trial
  /** Only of whole setups. */
  readonly then?: Afterwards
}

const HEAD = [
  'profile',
  'what is special',
  'adopt',
  'outcome',
  'check',
  'run',
  'messages',
  'verify',
  'audit',
  'whole rotation',
  'messages meanwhile',
  'why',
]

const cells = ({ tried, then }: Row): readonly unknown[] => {
  const { profile, adopted, outcome, check, run, sent, why, faults } = tried
  const said = [...faults, ...(then?.faults ?? []), why][0] ?? ''
  return [
    profile.name,
    profile.about,
    adopted,
    then !== undefined && then.faults.length > 0 ? 'broken' : outcome,
    check,
    run,
    sent,
    then?.verify ?? '',
    then?.audit ?? '',
    then === undefined ? '' : `${then.rotate}${then.rotated === undefined ? '' : ` in ${seconds(then.rotated)}`}`,
    then?.rotated?.sent ?? '',
    said.split('\n')[0]?.replaceAll('|', '\\|') ?? '',
  ]
}

const seconds = (rotated: { readonly seconds: number }): string => `${Math.round(rotated.seconds)} s`

export const table = (rows: readonly Row[]): string =>
  [HEAD, HEAD.map(() => '---'), ...rows.map(cells)].map((each) => `| ${each.join(' | ')} |`).join('\n')
