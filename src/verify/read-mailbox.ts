// Looks for the messages of a run in a mailbox on a host of the inventory: a Maildir or an mbox file, which is only
// read.
import { quote } from '../shell/quote.ts'
import type { Untrusted } from '../shell/untrusted.ts'

/** The value of `--read-from`. */
export interface MailboxPlace {
  /** The host's name in the inventory. */
  readonly host: string
  /** An absolute path; `undefined`: the mailbox into which Postfix delivers mail for the local part of the address. */
  readonly path: string | undefined
}

/** Where to begin: messages from before the run are not read. */
export interface MailboxMark {
  readonly path: string
  /** The host's time, in seconds. */
  readonly since: number
  /** The size of an mbox in bytes; 0 for a Maildir. */
  readonly size: number
}

/** Seconds for one look. */
export const LOOK_SECONDS = 60

const inTime = (mark: string, text: string): string => `timeout -k 5 ${LOOK_SECONDS} sh <<'${mark}'
{
${text}
} </dev/null
${mark}`

/** @param local - the local part of the address: the user who gets the mail */
export const findMailboxScript = (path: string | undefined, local: string, mark: string): string =>
  inTime(
    mark,
    `
m=${path === undefined ? '' : quote(path)} u=${quote(local.replace(/\+.*$/, ''))}
if [ ! "$m" ]; then
  h=$(getent passwd "$u" | cut -d: -f6)
  [ "$h" ] || { echo "no-user"; exit; }
  b=$(postconf -xh home_mailbox 2>/dev/null)
  s=$(postconf -xh mail_spool_directory 2>/dev/null)
  if [ "$b" ]; then
    m=$h/$b
  elif [ -d "$h/Maildir" ]; then
    m=$h/Maildir
  else
    m=\${s:-/var/mail}/$u
    [ -e "$m" ] || { echo "box $(date +%s) 0 $m"; exit; }
  fi
fi
m=\${m%/}
[ -e "$m" ] || { echo "no-mailbox $m"; exit; }
if [ -d "$m" ]; then
  { [ -d "$m/new" ] && [ -r "$m/new" ] && [ -x "$m/new" ]; } ||
    { [ -r "$m" ] && [ ! "$(ls -A -- "$m")" ]; } ||
    { echo "no-maildir $m"; exit; }
  echo "box $(date +%s) 0 $m"
else
  [ -r "$m" ] || { echo "closed $m"; exit; }
  echo "box $(date +%s) $(stat -L -c %s -- "$m") $m"
fi`,
  )

/** The messages, or why they cannot be read. */
export function readFoundMailbox(stdout: Untrusted): MailboxMark | string {
  const [, since, size, path] = /^box (\d+) (\d+) (\/.*)$/m.exec(stdout) ?? []
  if (path !== undefined) return { path, since: Number(since), size: Number(size) }
  const [, word, reported = ''] = /^(no-user|no-mailbox|no-maildir|closed)(?: (.*))?$/m.exec(stdout) ?? []
  if (word === 'no-user') return 'there is no such user: give the mailbox as --read-from HOST:/path'
  if (word === 'no-mailbox') return `there is no ${reported}`
  if (word === 'no-maildir')
    return `${reported} is a directory, and no Maildir that can be read (it has no directory new, and is not empty)`
  if (word === 'closed') return `${reported} cannot be read: become root there (ansible_become, --become)`
  return 'it does not tell'
}

/** Longer messages are cut, because the header is at the beginning. */
const MOST_BYTES = 262_144

/**
 * Prints a line of base64 for each message that names the run. It allows one second more, because file systems have
 * coarse clocks.
 */
export const mailboxScript = ({ path, since, size }: MailboxMark, run: string, mark: string): string =>
  inTime(
    mark,
    `
m=${quote(path)}
if [ -d "$m" ]; then
  find "$m/new" "$m/cur" -maxdepth 1 -type f -newermt @${since - 1} -exec grep -lF -e ${run} -- {} + 2>/dev/null |
    while IFS= read -r f; do
      printf 'mail '
      head -c ${MOST_BYTES} -- "$f" | base64 -w 0
      echo
    done
elif [ -f "$m" ]; then
  n=$(stat -L -c %s -- "$m")
  [ "$n" -ge ${size} ] && n=${size} || n=0
  tail -c +$((n + 1)) -- "$m" | LC_ALL=C awk '
function out() {
  if (index(t, "${run}")) {
    printf "mail "
    fflush()
    print substr(t, 1, ${MOST_BYTES}) | "base64 -w 0"
    close("base64 -w 0")
    print ""
  }
  t = ""
}
/^From / {out(); next}
{t = t $0 "\\n"}
END {out()}'
fi
echo looked`,
  )

/** One character for each byte. */
export const readMailbox = (stdout: Untrusted): readonly string[] =>
  [...stdout.matchAll(/^mail ([A-Za-z0-9+/=]+)$/gm)].map(([, text = '']) =>
    Buffer.from(text, 'base64').toString('latin1'),
  )
