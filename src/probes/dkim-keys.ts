// Asks which private keys lie on a host for some domains, with their public halves and ages, and what time it is there.
import type { HostKey } from '../mail/rotation/evidence.ts'
import { isSelector } from '../mail/names.ts'
import { HISTORY } from '../mail/rotation/history.ts'
import { utf8 } from '../model/answer.ts'
import { defineProbe, ProbeError, type Probe } from '../model/probe.ts'
import { READER } from '../files/read.ts'
import { quote } from '../shell/quote.ts'
import { raw, type Script } from '../shell/script.ts'
import { KEY_TABLE } from './signing-family.ts'
import { END, whole } from './whole.ts'

export interface DkimKeys {
  /** The host's clock, in seconds since 1970. */
  readonly now: number
  readonly keys: readonly (HostKey & { readonly domain: string })[]
}

const keysQuestion = (directory: string, domains: readonly string[]): Script =>
  raw(`
echo "now $(date +%s)"
key() {
  [ -f "$3" ] && [ ! -L "$3" ] || return 0
  echo "key $1 $2 $(stat -c %Y -- "$3") $3"
  ${READER} open "$3" -- openssl pkey -in %1 -passin pass: -pubout 2>/dev/null </dev/null || :
}
for d in ${domains.map(quote).join(' ')}; do
for f in ${quote(directory)}/"$d"/*.private; do
  s=\${f##*/}
  s=\${s%.private}
  case $s in
  *[!A-Za-z0-9._-]*|'') ;;
  *) key "$d" "$s" "$f";;
  esac
done
h=${quote(directory)}/$d/${HISTORY}
[ ! -f "$h" ] || ${READER} open "$h" -- cat %1 | while read -r t e s p r; do
  case $e-$p in active-/*) key "$d" "$s" "$p";; esac
done
[ ! -r ${KEY_TABLE} ] || ${READER} open ${KEY_TABLE} -- cat %1 | while read -r n v r; do
  case $v in
  "$d":*:/*)
    v=\${v#*:}
    key "$d" "\${v%%:*}" "\${v#*:}";;
  esac
done
done
${END}`)

/**
 * `DIRECTORY/DOMAIN/*.private`, and those elsewhere that the history or the KeyTable names. They are read on the host,
 * by openssl alone.
 */
export const dkimKeysProbe = (directory: string, domains: readonly string[]): Probe<DkimKeys> =>
  defineProbe<DkimKeys>({
    key: `dkim-keys ${JSON.stringify([directory, domains])}`,
    reads: [...domains.map((domain) => `path:${directory}/${domain}` as const), 'package:openssl'],
    script: keysQuestion(directory, domains),
    parse(answer) {
      const text = utf8(whole(answer, 'the DKIM keys cannot be asked for'))
      const keys = [
        ...text.matchAll(
          /^key (\S+) (\S+) (\d+) (\/\S+)\n((?:-----BEGIN PUBLIC KEY-----[^-]*-----END PUBLIC KEY-----\n)?)/gm,
        ),
      ].map(([, domain = '', selector = '', made = '', path = '', pem = '']) => ({
        domain,
        selector,
        path,
        made: Number(made),
        publicKey: pem === '' ? undefined : pem.replace(/-----.*-----|\s/g, ''),
      }))
      const once = new Map(
        keys
          .filter(({ selector }) => isSelector(selector))
          .map((key) => [`${key.domain} ${key.selector} ${key.path}`, key]),
      )
      const now = /^now (\d{1,12})$/m.exec(text)?.[1]
      if (now === undefined) throw new ProbeError('the host does not tell what time it is')
      return { now: Number(now), keys: [...once.values()] }
    },
  })
