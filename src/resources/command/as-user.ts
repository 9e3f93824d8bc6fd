// Shell text that runs as another user of the host.
import { createHash } from 'node:crypto'
import type { Script } from '../../shell/script.ts'

/** By a here-document, so that no argument of a process shows the text. Only root becomes somebody else. */
export function asUser(user: string, inner: Script): Script {
  const end = `text-${createHash('sha256').update(inner.text).digest('hex').slice(0, 16)}`
  const around = (text: string): string => `case $(id -u):$(id -un) in
0:*)
  HOME=~${user} USER=${user} LOGNAME=${user} as='runuser -u ${user} -- sh'
  export HOME USER LOGNAME;;
*:${user}) as=sh;;
*)
  echo "to run it as ${user}, become root: --become, or ansible_become: true; this is $(id -un)" >&2
  exit 1;;
esac
$as <<'${end}'
{
${text}
} </dev/null
${end}`
  return { text: around(inner.text), shown: around(inner.shown), secrets: inner.secrets }
}
