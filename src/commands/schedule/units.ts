// The texts of the systemd units of a schedule: a service that runs mailrun once, and the timer that starts it.
import { MailrunError } from '../../core/mailrun-error.ts'

/** What is run, how often, and where. */
export interface Schedule {
  /** The units are `mailrun-NAME.service` and `mailrun-NAME.timer`. */
  readonly name: string
  readonly job: 'audit' | 'rotate' | 'check'
  /** As systemd.time(7) reads it: `6h`, `30min`, `1d`. */
  readonly every: string
  /** The project's, absolute. */
  readonly folder: string
  /** The command line after the program's name. */
  readonly words: readonly string[]
}

/** On the first line of each timer: what `mailrun schedule list` reads. */
const MARK = '# mailrun schedule: '
const NAME = /^[a-z0-9][a-z0-9-]{0,40}$/
const EVERY = /^[1-9]\d{0,3}(?:min|h|d|w)$/

/** @throws MailrunError for a name or a time that is none */
export function checkSchedule({ name, every }: Schedule): void {
  if (!NAME.test(name))
    throw new MailrunError(`small letters, digits and hyphens are wanted, got ${JSON.stringify(name)}`, '--name')
  if (!EVERY.test(every))
    throw new MailrunError(`a time is wanted, such as 30min, 6h, 1d or 1w, got ${JSON.stringify(every)}`, '--every')
}

/**
 * @param program - that runs mailrun, with what comes before the words: node and a file.
 * @throws MailrunError for a word that cannot stand in a unit
 */
export function serviceText(schedule: Schedule, program: readonly string[]): string {
  const { job, folder, words } = schedule
  return `# Written by mailrun schedule: change it by mailrun schedule install.
[Unit]
Description=mailrun ${job} in ${plain(folder)}
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
WorkingDirectory=${plain(folder)}
ExecStart=${[...program, ...words].map(quoted).join(' ')}
${job === 'rotate' ? '# 6: a key is waited for, and the next run goes on.\nSuccessExitStatus=6\n' : ''}`
}

export const timerText = (schedule: Schedule): string => `${MARK}${JSON.stringify(schedule)}
[Unit]
Description=mailrun ${schedule.job} in ${plain(schedule.folder)}, every ${schedule.every}

[Timer]
OnActiveSec=1min
OnUnitActiveSec=${schedule.every}
RandomizedDelaySec=1min

[Install]
WantedBy=timers.target
`

/** `undefined` for a timer that mailrun did not write. */
export function scheduleIn(timer: string): Schedule | undefined {
  const [first = ''] = timer.split('\n', 1)
  if (!first.startsWith(MARK)) return undefined
  try {
    return JSON.parse(first.slice(MARK.length)) as Schedule
  } catch {
    return undefined
  }
}

/** systemd.service(5), COMMAND LINES: no specifier, no variable and no escape of it is left in a word. */
const quoted = (word: string): string =>
  `"${plain(word).replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('$', '$$$$')}"`

/** @throws MailrunError for what would end the line */
function plain(text: string): string {
  if (/[\u0000-\u001f\u007f]/.test(text))
    throw new MailrunError(`${JSON.stringify(text)} cannot stand in a unit of systemd`)
  return text.replaceAll('%', '%%')
}
