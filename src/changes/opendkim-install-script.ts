// Shell functions that put a whole set of OpenDKIM's files in place, so that the host could be switched off after any
// of them.
import { KEY_TABLE } from '../probes/signing.ts'
import { ACTIVATION } from '../probes/opendkim-activation.ts'
import { quote } from '../shell/quote.ts'
import { lines, raw, type Script } from '../shell/script.ts'

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

const KEEP = raw(`beside() { printf %s "\${1%/*}/.\${1##*/}.mailrun-new"; }
keep() {
  [ ! -d ${OLD} ] || return 0
  rm -rf -- ${OLD}.new
  mkdir -- ${OLD}.new || return 1
  for f in $files; do
    [ ! -e "$f" ] || cp -pT -- "$f" "${OLD}.new/\${f##*/}" || return 1
  done
  sync -- ${OLD}.new/* ${OLD}.new
  mv -T -- ${OLD}.new ${OLD}
}
forget() {
  rm -rf -- ${OLD}.done
  mv -T -- ${OLD} ${OLD}.done && rm -rf -- ${OLD}.done
}`)

/** Writes all of `$d` beside its place. */
const PREPARE = raw(`prepare() {
  for f in $files; do
    b=$(beside "$f")
    rm -f -- "$b"
    [ ! -e "$d/\${f##*/}" ] || {
      [ -d "\${f%/*}" ] || mkdir -p -- "\${f%/*}" || return 1
      cp -pT -- "$d/\${f##*/}" "$b" && sync -- "$b"
    } || return 1
  done
  k=$(beside ${quote(KEY_TABLE)}).both
  rm -f -- "$k"
  [ ! -e "$d/KeyTable" ] || [ ! -e ${KEY_TABLE} ] || {
    awk '
      FNR==NR {if (NF) k[$1]; print; next}
      NF && !/^[ \\t]*#/ && !($1 in k)
    ' "$d/KeyTable" ${KEY_TABLE} > "$k" &&
      cp -p --attributes-only -- ${KEY_TABLE} "$k" &&
      sync -- "$k"
  }
}`)

/** `live FILE` puts in place what was written beside it. */
const INSTALL = raw(`live() {
  b=$(beside "$1")
  if [ ! -e "$b" ]; then
    [ ! -e "$1" ] || redefined "$1"
    rm -f -- "$1"
  elif cmp -s -- "$b" "$1" && [ "$(stat -c '%u %g %a' -- "$b")" = "$(stat -c '%u %g %a' -- "$1")" ]; then
    rm -f -- "$b"
  else
    redefined "$1"
    mv -fT -- "$b" "$1"
  fi
}
redefined() { case $1 in *.service.d/*) redefines=1;; esac; }
install_set() {
  d=$1
  redefines=
  prepare || {
    for f in $files; do rm -f -- "$(beside "$f")"; done
    rm -f -- "$k"
    return 1
  }
  [ ! -e "$k" ] || if cmp -s -- "$k" ${KEY_TABLE}; then
    rm -f -- "$k"
  else
    mv -fT -- "$k" ${KEY_TABLE}
  fi || return 1
  set -- $files
  first=$1
  shift
  for f in "$@"; do live "$f" || return 1; done
  live "$first" || return 1
  [ -z "$redefines" ] || systemctl daemon-reload
}`)
