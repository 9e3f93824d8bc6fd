// A program of a host that is ended at a certain call, together with what called it: a change that is killed there.
import { inHost } from './in-host.ts'

/**
 * Puts a program before the host's own of that name. Its call with this number does the work, kills who called it, and
 * takes itself away; other calls, and questions of systemctl, are the program's own. What a kill before a call leaves,
 * one after the call before it leaves, too.
 *
 * @param call - from 1
 */
export const killAtCall = (host: string, program: string, call: number): Promise<string> =>
  inHost(
    host,
    `rm -f /run/calls
own=$(PATH=/usr/sbin:/usr/bin:/sbin:/bin command -v ${program})
cat > /usr/local/sbin/${program} <<end
#!/bin/sh
case "\\$1" in show) exec $own "\\$@" ;; esac
echo >> /run/calls
[ "\\$(wc -l < /run/calls)" = ${call} ] || exec $own "\\$@"
rm -f /usr/local/sbin/${program}
$own "\\$@"
kill -9 \\$PPID
end
chmod +x /usr/local/sbin/${program}`,
  )

/** Takes it away where it was not called so often. @returns whether it was */
export const wasKilled = async (host: string, program: string): Promise<boolean> =>
  (await inHost(host, `[ -e /usr/local/sbin/${program} ] && echo no; rm -f /usr/local/sbin/${program} /run/calls`)) ===
  ''
