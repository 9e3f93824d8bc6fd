// Makes an error with file:line from what ssh prints when it refuses a configuration.
import { MailrunError } from '../../../core/mailrun-error.ts'
import type { Untrusted } from '../../../shell/untrusted.ts'

/** Said of no fault: `-G` needs no terminal, and the lines before the last have said what is bad. */
const IDLE = /^Pseudo-terminal will not be allocated|: terminating, \d+ bad configuration options$/
const LINES = 10

/**
 * @param where - of options of the inventory, which ssh calls `command-line`.
 * @example sshRefusal('/root/.ssh/config line 3: Bad number "x".\n', 'mx1', undefined).message
 */
export function sshRefusal(said: Untrusted, host: string, where: string | undefined): MailrunError {
  const lines = said
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !IDLE.test(line))
    .slice(0, LINES)
  if (lines.length === 0) return new MailrunError(`ssh -G ${host}: it ended without a word`, where)
  const [first, ...more] = lines.map((line) => placed(line, where))
  if (first!.where === undefined) return new MailrunError([`ssh -G ${host}: ${lines.join('\n')}`], where)
  const others = more.map((each) => (each.where === undefined ? each.words : `${each.where}: ${each.words}`))
  return new MailrunError([first!.words, ...others], first!.where)
}

/** `FILE: line 2: WORDS`, `FILE line 2: WORDS`. */
function placed(
  line: Untrusted,
  options: string | undefined,
): { readonly where: string | undefined; readonly words: string } {
  const at = line.search(/:? line \d{1,9}: /)
  if (at < 0) return { where: undefined, words: line }
  const [head, number] = /^:? line (\d{1,9}): /.exec(line.slice(at))!
  const file = line.slice(0, at)
  const words = line.slice(at + head.length)
  // Of options, which ssh numbers from 0.
  if (file === 'command-line' || file === 'command line') return { where: options ?? 'options of ssh', words }
  return { where: `${file}:${number}`, words }
}
