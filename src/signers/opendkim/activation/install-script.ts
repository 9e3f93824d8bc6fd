// Shell functions that put a set of OpenDKIM's files in place in such an order that the host can lose power after any
// of them.
import { FILES } from '../../../resources/files/program/files.ts'
import { KEY_TABLE } from '../setup/signing.ts'
import { ACTIVATION } from './state.ts'
import { lines, raw, type Script } from '../../../shell/script.ts'

const OLD = `${ACTIVATION}/old`

/**
 * `keep` keeps the set that is; `install_set DIRECTORY FILES` puts these files of another in place, and removes those
 * that the other has not; `forget VERB…` forgets the former, and does then what the verb of the file program says.
 *
 * All is written beside first, so that a full disk stops it before the first file is new. The KeyTable knows the keys
 * of both sets until all else is in place: whenever OpenDKIM is started meanwhile, each line of its SigningTable leads
 * to a key.
 *
 * @param files - the KeyTable first.
 * @param staged - those of them that are to be replaced or removed; the others stay as they are.
 */
export const installFunctions = (files: readonly string[], staged: readonly string[]): Script =>
  lines([raw(`files='${files.join(' ')}'\nstaged='${staged.join(' ')}'`), KEEP, INSTALL])

/** One that stays as it is need not keep its time: it is not put back while it is the same. */
const KEEP = raw(`keep() {
  [ ! -d ${OLD} ] || return 0
  [ ! -e ${OLD}.new ] || rm -rf -- ${OLD}.new
  set -- directory ${OLD}.new
  for f in $files; do
    [ -e "$f" ] || continue
    set -- "$@" , copy "${OLD}.new/\${f##*/}" "source=$f"
    case " $staged " in *" $f "*) ;; *) set -- "$@" now=1;; esac
  done
  perl ${FILES} each / -- "$@" , flush ${OLD}.new , move ${OLD}.new to=old
}
forget() {
  [ ! -e ${OLD}.done ] || rm -rf -- ${OLD}.done
  perl ${FILES} each / -- move ${OLD} to=old.done , "$@"
}`)

/**
 * Where a file is not to be, its directory may not be either. `replaced` has the names of those that define the unit,
 * where they changed.
 */
const INSTALL = raw(`install_set() {
  d=$1
  shift
  list=$*
  set --
  for f in $list; do
    if [ -e "$d/\${f##*/}" ]; then
      [ -d "\${f%/*}" ] || set -- "$@" , directory "\${f%/*}" owner=root group=root mode=0755
      set -- "$@" , copy "$f" "source=$d/\${f##*/}" stay=new
      [ "$d" = ${OLD} ] || set -- "$@" now=1
    elif [ -d "\${f%/*}" ]; then
      set -- "$@" , discard "$f" stay=new
    fi
  done
  order=
  for f in $list; do [ "$f" = ${KEY_TABLE} ] || order="$order $f"; done
  case " $list " in *" ${KEY_TABLE} "*)
    order="$order ${KEY_TABLE}"
    [ ! -e "$d/KeyTable" ] || [ ! -e ${KEY_TABLE} ] ||
      set -- "$@" , merge ${KEY_TABLE} "source=$d/KeyTable" stay=both , settle ${KEY_TABLE} stay=both;;
  esac
  for f in $order; do
    [ -d "\${f%/*}" ] || [ -e "$d/\${f##*/}" ] || continue
    set -- "$@" , settle "$f" stay=new
    case $f in *.service.d/*) set -- "$@" tell=1;; esac
  done
  [ $# != 0 ] || return 0
  replaced=$(perl ${FILES} each / -- "$@") || {
    set -- discard ${KEY_TABLE} stay=both
    for f in $list; do [ ! -d "\${f%/*}" ] || set -- "$@" , discard "$f" stay=new; done
    perl ${FILES} each / -- "$@"
    return 1
  }
  [ -z "$replaced" ] || systemctl daemon-reload
}`)
