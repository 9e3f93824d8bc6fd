// What a host knows of a DKIM selector whose key it does not use: a key that is gone, and what its history says.
import { READER } from '../files/read.ts'
import { HISTORY, KEY_EVENTS, type KeyEvent } from '../mail/rotation/history.ts'
import type { Untrusted } from '../shell/untrusted.ts'

export interface SelectorPast {
  /** The key that the host's tables name for the domain, where it is gone; whatever its selector is. */
  readonly lost?: { readonly selector: Untrusted; readonly path: string }
  /** What befell the selector by the history beside its key. */
  readonly events: readonly KeyEvent[]
  /** When the host's day began, in UTC, by its clock: seconds since 1970. */
  readonly today: number
}

const DAY = 86_400

/**
 * For the shell, of domain `$d`, first path `$f` and `$w`: the selector `$s` and its path `$p`, in use where `$u` is
 * `+`; `$b` are selector and path of a lost key. Without a process where there is no history.
 */
export const TELL_PAST = `e= h=\${p%/*}/${HISTORY}
    [ $u = + ] || [ $w = just ] || [ -L "$h" ] || [ ! -f "$h" ] || while read -r m t x y z; do
      [ "$m $y" != "mark $s" ] || case " $e " in *" $x "*) ;; *) e="$e $x";; esac
    done <<past
$(${READER} lines "$h")
past
    [ -z "$b$e" ] || printf 'past %s %s %s %s%s\\n' "$d" "$f" "$(date +%s)" "\${b:-- -}" "$e"`

/**
 * By domain and path of the first key.
 *
 * @param line - `DOMAIN FIRST TIME SELECTOR PATH EVENT…`; where no key is lost, selector and path are `-`.
 */
export function pastOf(line: Untrusted): readonly (readonly [string, { readonly past: SelectorPast }])[] {
  const [domain = '', first = '', now = '', selector = '', path = '', ...words] = line.split(' ')
  if (!/^\d{1,12}$/.test(now)) return []
  const past = {
    ...(path.startsWith('/') ? { lost: { selector, path } } : {}),
    events: KEY_EVENTS.filter((each) => words.includes(each)),
    today: Math.floor(Number(now) / DAY) * DAY,
  }
  return [[`${domain} ${first}`, { past }]]
}
