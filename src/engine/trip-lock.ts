// The part of a trip's script that takes the host's lock, and frees it.
import { quote } from '../shell/quote.ts'
import { readLast } from './progress.ts'
import type { TripRequest } from './trip.ts'

export const cannotWrite = (file: string): string =>
  `say broken "cannot write ${file}: is its file system full or read-only? (df -h, df -i, mount)"`

/** Sets `run` to the host's folder of working files. */
const RUN_FOLDER = `if [ "$MAILRUN_RUN_DIR" ]; then
  run=$MAILRUN_RUN_DIR
elif [ -w /run ]; then
  run=/run/mailrun
else
  run=/tmp/mailrun-$(id -u)
fi
export run`

// The holder's name is written beside the lock, so that who waits can say for whom. A redirection that fails ends the
// shell for `exec` and `:`, not for printf.
export const lockLines = (
  mark: string,
  { holder, waitSeconds }: NonNullable<TripRequest['lock']>,
): readonly string[] => [
  RUN_FOLDER,
  '[ "$go" ] && { [ -d "$run" ] || mkdir -p -m 0700 -- "$run" 2>/dev/null; }',
  // In /tmp anybody may have made it.
  `if [ -d "$run" ] && { [ ! -O "$run" ] || [ -L "$run" ]; }; then
  say broken "$run is not $(id -un)'s own folder"
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
  `[ "$go" ] && ${readLast(mark)} && say last "$last"`,
  `[ "$go" ] && held=1 && { printf '%s\\n' ${quote(holder)} > "$run/holder"; } 2>/dev/null`,
]

/** The name goes with the lock: the next one to wait must not be told of somebody who has left. */
export const UNLOCK = `[ "$held" ] && { printf '' > "$run/holder"; } 2>/dev/null; exec 9>&-`
