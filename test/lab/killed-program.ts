// A program of a host that is ended at a certain call, together with what called it: a change that is killed there.
import { inHost } from './in-host.ts'

/** What happens at the call: the program does its work and then its caller is killed; or neither does anything more. */
export type Killed = 'before' | 'after'

/**
 * Puts a program before the host's own of that name. Its call with this number kills who called it, and takes itself
 * away; other calls are the program's own.
 *
 * @param call - from 1
 */
export const killAtCall = (host: string, program: string, call: number, when: Killed): Promise<string> =>
  inHost(
    host,
    `rm -f /run/calls
own=$(PATH=/usr/sbin:/usr/bin:/sbin:/bin command -v ${program})
cat > /usr/local/sbin/${program} <<end
#!/bin/sh
echo >> /run/calls
[ "\\$(wc -l < /run/calls)" = ${call} ] || exec $own "\\$@"
rm -f /usr/local/sbin/${program}
${when === 'after' ? `$own "\\$@"` : ':'}
kill -9 \\$PPID
end
chmod +x /usr/local/sbin/${program}`,
  )

/** Takes it away where it was not called so often. @returns whether it was */
export const wasKilled = async (host: string, program: string): Promise<boolean> =>
  (await inHost(host, `[ -e /usr/local/sbin/${program} ] && echo no; rm -f /usr/local/sbin/${program} /run/calls`)) ===
  ''
