// A scratch copy of a host's files, in which examples of tasks are carried out. It consists of mounts that only one
// shell sees. What is written there stays in memory, and is gone when the shell ends.
import type { Connection } from '../../engine/session/connection.ts'
import { newMark } from '../../engine/trip/make-trip.ts'
import { raw } from '../../shell/script.ts'
import { sh } from '../../shell/sh.ts'
import type { Untrusted } from '../../shell/untrusted.ts'

/** Directories that can be written; all else but /dev, /proc, /run, /sys and /tmp is read-only. */
export const SCRATCH_DIRECTORIES = ['/etc', '/home', '/root', '/srv', '/usr/local', '/var'] as const

/** Where the memory lies that takes what is written; what the host has there is not seen by the shell. */
const MEMORY = '/mnt'

/** unshare(1), for what only the shell and its children have: the mounts, and the host's name. */
const NAMESPACES = '--mount --uts'

/** Of what a host says of a failure. */
const SAID_BYTES = 600
/** For what puts a host into the state of an example. */
const GIVEN_SECONDS = 120

/** Every file system that stands is made read-only, so that what this does not know of is not written either. */
const MOUNTS = `
while read -r _ _ _ _ at _; do
  case $at in
  /dev|/dev/*|/proc|/proc/*|/run|/run/*|/sys|/sys/*|/tmp|/tmp/*) ;;
  *) at=$(printf '%b.' "$at"); mount -o remount,bind,ro -- "\${at%.}";;
  esac
done </proc/self/mountinfo
mount -t tmpfs -o mode=0700 mailrun-self-test ${MEMORY}
for at in ${SCRATCH_DIRECTORIES.join(' ')}; do
  [ -d "$at" ] || continue
  own=${MEMORY}/$(printf %s "$at" | tr / _)
  mkdir "$own" "$own/upper" "$own/work"
  chown --reference="$at" "$own/upper"
  chmod --reference="$at" "$own/upper"
  mount -t overlay -o "lowerdir=$at,upperdir=$own/upper,workdir=$own/work" mailrun-self-test "$at"
done
`

/**
 * From here on the connection's shell works in the scratch copy.
 *
 * @throws Error that says what the host lacks for it.
 */
export async function enterScratch(connection: Connection, signal: AbortSignal): Promise<void> {
  const mark = newMark()
  const end = raw(`printf '\\n%s end\\n' ${mark}; printf '\\n%s end\\n' ${mark} >&2`)
  const inside = sh`why=$(sh -ec ${MOUNTS} 2>&1) || { printf '\n%s no\n%s\n' ${mark} "$why"; ${end}; exit 1; }
printf '\n%s yes\n' ${mark}
${end}
exec sh`.text
  // The shell reads the whole of it before it hands its input to the one inside.
  const script = sh`{
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
[ "$(id -u)" = 0 ] || printf '\n%s no\n%s\n' ${mark} 'it needs root: --become, or ansible_become: true'
unshare ${raw(NAMESPACES)} sh -c ${inside}
${end}
exit
}
`.text
  const { stdout, stderr } = await connection.exchange({ script, end: `${mark} end`, onStdout: () => {}, signal })
  const answer = afterMark(stdout, mark)
  if (answer.startsWith('yes')) return
  const said = [answer.replace(/^no\n/, ''), stderr.toString()].map((text) => text.trim()).filter((text) => text !== '')
  throw new Error(`no scratch copy of its files can be made: ${said.join('\n').slice(0, SAID_BYTES)}`)
}

/** Puts the host into the state that an example wants. @returns what went wrong; `undefined`: nothing */
export async function arrange(connection: Connection, given: string, signal: AbortSignal): Promise<string | undefined> {
  const mark = newMark()
  const script = sh`{
said=$(timeout -k 10 ${GIVEN_SECONDS} sh -c ${given} </dev/null 2>&1)
printf '\n%s %s\n' ${mark} $?
printf %s "$said" | tail -c ${SAID_BYTES}
printf '\n%s end\n' ${mark}
printf '\n%s end\n' ${mark} >&2
}
`.text
  const { stdout } = await connection.exchange({ script, end: `${mark} end`, onStdout: () => {}, signal })
  const [code = '', ...said] = afterMark(stdout, mark).split('\n')
  return code === '0' ? undefined : `exit status ${code}: ${said.join('\n').trim()}`
}

function afterMark(stdout: Untrusted<Buffer>, mark: string): string {
  const text = stdout.toString()
  const at = text.indexOf(`\n${mark} `)
  return at < 0 ? '' : text.slice(at + mark.length + 2)
}
