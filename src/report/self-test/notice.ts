// The text that `mailrun self-test` shows before it asks whether to begin: what it touches, and what it does not touch.
import { SCRATCH_DIRECTORIES } from '../../testing/self-test/scratch.ts'
import { count, nameList } from '../write/name-list.ts'
import { asLines, said, type TerminalText } from '../write/terminal.ts'

export const selfTestNotice = (hosts: readonly string[]): TerminalText =>
  asLines(
    [
      `This tries the examples of all task modules on ${count(hosts.length, 'host')}: ${nameList(hosts)}.`,
      `Files, accounts and the host name are changed in a scratch copy of ${SCRATCH_DIRECTORIES.join(', ')}:`,
      'mounts that its shell alone sees, held in memory and gone with it. All else is read-only there,',
      'but for /dev, /proc, /run, /sys and /tmp. Of examples that would change packages, services or mail,',
      'the question alone is asked. What the host itself will see: the lock in /run/mailrun, log entries of',
      'useradd(8) and its like, some memory and processor time.',
    ].map((line) => said(line)),
  )
