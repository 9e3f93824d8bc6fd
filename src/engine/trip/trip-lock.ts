// The part of a trip's script that takes and frees the host's lock, which keeps two runs apart.
import { quote } from '../../shell/quote.ts'
import { readLast } from './progress.ts'
import type { TripRequest } from './trip-request.ts'
import type { TripWords } from './trip-words.ts'

export const cannotWrite = (file: string): string =>
  `say broken "cannot write ${file}: is its file system full or read-only? (df -h, df -i, mount)"`

/**
 * Sets `run` to the host's folder of working files, the user's own. In /tmp anybody may have made a thing of that name
 * before: then it is another one, the same for every run of that user.
 */
const RUN_FOLDER = `own() { [ -O "$1" ] && [ -d "$1" ] && [ ! -L "$1" ]; }
if [ "$MAILRUN_RUN_DIR" ]; then
  set -- "$MAILRUN_RUN_DIR"
elif [ -w /run ]; then
  set -- /run/mailrun
else
  run=/tmp/mailrun-$(id -u)
  set -- "$run" \${XDG_RUNTIME_DIR:+"$XDG_RUNTIME_DIR/mailrun"} \${HOME:+"$HOME/.mailrun"}
fi
for d in "$@"; do
  run=$d
  [ -d "$d" ] || [ -L "$d" ] || mkdir -p -m 0700 -- "$d" 2>/dev/null
  ! own "$d" || break
done
export run`

// The holder's name is written beside the lock, so that who waits can say for whom. A redirection that fails ends the
// shell for `exec` and `:`, not for printf.
export const lockLines = (
  words: TripWords,
  { holder, waitSeconds }: NonNullable<TripRequest['lock']>,
): readonly string[] => [
  '[ ! "$go" ] || {',
  RUN_FOLDER,
  '}',
  `if [ "$go" ] && ! own "$run" && { [ -d "$run" ] || [ $# -gt 1 ]; }; then
  say broken "none of these is a folder of $(id -un)'s own, or can be made: $*"
  go=
fi`,
  `if [ ! "$go" ]; then
  :
elif { printf '' >> "$run/lock"; } 2>/dev/null; then
  exec 9>>"$run/lock"
else
  ${cannotWrite('$run/lock')}
  go=
fi`,
  'if [ "$go" ] && ! flock -n 9; then',
  // Who has just got the lock is about to write its name.
  `  h=
  for i in 1 2 3 4 5 6 7 8 9 10; do
    [ -r "$run/holder" ] && IFS= read -r h < "$run/holder"
    [ "$h" ] && break
    sleep 0.1
  done
  say waiting "$h"`,
  `  flock -w ${waitSeconds} 9 || { say locked "$h"; go=; }`,
  'fi',
  `[ "$go" ] && ${readLast(words)} && say last "$last"`,
  `[ "$go" ] && held=1 && { printf '%s\\n' ${quote(holder)} > "$run/holder"; } 2>/dev/null`,
]

/** The name goes with the lock: the next one to wait must not hear of somebody who has left. */
export const UNLOCK = `[ "$held" ] && { printf '' > "$run/holder"; } 2>/dev/null; exec 9>&-`
