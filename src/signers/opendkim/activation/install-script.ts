// Shell functions that put a set of OpenDKIM's files in place in such an order that the host can lose power after any
// of them.
import { FILES } from '../../../resources/files/program/files.ts'
import { KEY_TABLE } from '../setup/signing.ts'
import { ACTIVATION } from './state.ts'
import { lines, raw, type Script } from '../../../shell/script.ts'

const OLD = `${ACTIVATION}/old`

/**
 * `keep` keeps the set that is, `install_set DIRECTORY` puts another in place, `forget` forgets the former.
 *
 * All is written beside first, so that a full disk stops it before the first file is new. The KeyTable knows the keys
 * of both sets until all else is in place: whenever OpenDKIM is started meanwhile, each line of its SigningTable leads
 * to a key.
 *
 * @param files - the KeyTable first.
 */
export const installFunctions = (files: readonly string[]): Script =>
  lines([raw(`files='${files.join(' ')}'`), KEEP, PREPARE, INSTALL])

const KEEP = raw(`keep() {
  [ ! -d ${OLD} ] || return 0
  rm -rf -- ${OLD}.new
  mkdir -- ${OLD}.new || return 1
  for f in $files; do
    [ ! -e "$f" ] || perl ${FILES} copy "${OLD}.new/\${f##*/}" "source=$f" || return 1
  done
  sync -- ${OLD}.new/* ${OLD}.new
  mv -T -- ${OLD}.new ${OLD}
}
forget() {
  rm -rf -- ${OLD}.done
  mv -T -- ${OLD} ${OLD}.done && rm -rf -- ${OLD}.done
}`)

/** Writes all of `$d` beside its place; `both` is the KeyTable with the keys of both sets. */
const PREPARE = raw(`prepare() {
  for f in $files; do
    if [ -e "$d/\${f##*/}" ]; then
      [ -d "\${f%/*}" ] || perl ${FILES} directory "\${f%/*}" owner=root group=root mode=0755 || return 1
      perl ${FILES} copy "$f" "source=$d/\${f##*/}" stay=new || return 1
    elif [ -d "\${f%/*}" ]; then
      perl ${FILES} discard "$f" stay=new || return 1
    fi
  done
  both=
  [ ! -e "$d/KeyTable" ] || [ ! -e ${KEY_TABLE} ] || {
    both=1
    perl ${FILES} merge ${KEY_TABLE} "source=$d/KeyTable" stay=both
  }
}`)

/**
 * `live FILE` puts in place what was written beside it, and sees whether that defines the unit. Where a file is not to
 * be, its directory may not be either.
 */
const INSTALL = raw(`live() {
  [ -d "\${1%/*}" ] || return 0
  case $1 in
    *.service.d/*) i=$(stat -c '%i %Z' -- "$1" 2>/dev/null);;
  esac
  perl ${FILES} settle "$1" stay=new || return 1
  case $1 in
    *.service.d/*) [ "$i" = "$(stat -c '%i %Z' -- "$1" 2>/dev/null)" ] || redefines=1;;
  esac
}
install_set() {
  d=$1
  redefines=
  prepare || {
    for f in $files; do [ ! -d "\${f%/*}" ] || perl ${FILES} discard "$f" stay=new; done
    perl ${FILES} discard ${KEY_TABLE} stay=both
    return 1
  }
  [ ! "$both" ] || perl ${FILES} settle ${KEY_TABLE} stay=both || return 1
  set -- $files
  first=$1
  shift
  for f in "$@"; do live "$f" || return 1; done
  live "$first" || return 1
  [ -z "$redefines" ] || systemctl daemon-reload
}`)
