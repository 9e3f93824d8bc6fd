// The shell text that prints master.cf, the other instances of Postfix, and the names and addresses of the host.
import { raw, type Script } from '../../shell/script.ts'
import { MAIN_CF } from './postfix-parameters.ts'
import { END } from '../../core/probe/whole.ts'

export const MASTER_CF = '/etc/postfix/master.cf'
/** In the place of a main.cf. */
export const ABSENT = 'absent'
/** Longer /etc/hosts hold lists of names to block. */
const MOST_HOSTS = 2000
/** Of main.cf and of a master.cf. */
const MOST_LINES = 20_000
/** A host that routes for many has long tables. */
const MOST_ROUTES = 10_000
/** Each costs a process. */
export const MOST_INSTANCES = 20

/**
 * Parts, NUL between them: `there` and master.cf; the host's name; hosts(5); addresses; for each other instance its
 * directory, what `postconf -n` says, and its master.cf, or its directory and {@link ABSENT}. By the shell alone: no
 * process but for other instances.
 */
export const POSTFIX_SERVICES: Script = raw(`
lines() {
  i=0
  while [ "$i" -lt "$2" ] && { IFS= read -r l || [ "$l" ]; }; do
    i=$((i + 1))
    case $l in '#'*) ;; *) printf '%s\\n' "$l";; esac
  done < "$1"
}
[ -r ${MASTER_CF} ] && { echo there; lines ${MASTER_CF} ${MOST_LINES}; }
printf '\\0'
[ ! -r /proc/sys/kernel/hostname ] || lines /proc/sys/kernel/hostname 1
printf '\\0'
[ ! -r /etc/hosts ] || lines /etc/hosts ${MOST_HOSTS}
printf '\\0'
i=0
[ ! -r /proc/net/fib_trie ] || while [ "$i" -lt ${MOST_ROUTES} ] && read -r a b x; do
  i=$((i + 1))
  case $a in
  '|--'|'+--') n=$b;;
  /32) [ "$b $x" != 'host LOCAL' ] || printf '%s\\n' "$n";;
  esac
done < /proc/net/fib_trie
i=0
[ ! -r /proc/net/if_inet6 ] || while [ "$i" -lt ${MOST_ROUTES} ] && read -r a x; do
  i=$((i + 1))
  echo "6 $a"
done < /proc/net/if_inet6
named= v= i=0
[ ! -r ${MAIN_CF} ] || while [ "$i" -lt ${MOST_LINES} ] && { IFS= read -r l || [ "$l" ]; }; do
  i=$((i + 1))
  case $l in
  multi_instance_directories*=*|alternate_config_directories*=*) v=1 named="$named \${l#*=}";;
  '#'*|'') ;;
  ' '*|'	'*) [ ! "$v" ] || named="$named $l";;
  *) v=;;
  esac
done < ${MAIN_CF}
set -f
IFS=' ,	'
c=0
for d in $named; do
  case $d in /*) ;; *) continue;; esac
  c=$((c + 1))
  [ "$c" -le ${MOST_INSTANCES} ] || break
  printf '\\0%s\\0' "$d"
  [ -e "$d/main.cf" ] || { printf '${ABSENT}\\0'; continue; }
  ! command -v postconf >/dev/null || postconf -c "$d" -n
  printf '\\0'
  [ ! -r "$d/master.cf" ] || lines "$d/master.cf" ${MOST_LINES}
done
unset IFS
set +f
${END}`)
