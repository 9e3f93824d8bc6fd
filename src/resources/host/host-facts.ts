// Asks for facts about a host that do not change: os-release(5) and the kernel's host name. It starts no process.
import { utf8 } from '../../core/probe/answer.ts'
import { defineProbe } from '../../core/probe/probe.ts'
import type { HostFacts } from '../../core/fleet/host-facts.ts'
import { raw } from '../../shell/script.ts'
import { END, whole } from '../../core/probe/whole.ts'

export const hostFacts = defineProbe<HostFacts>({
  key: 'host-facts',
  reads: [],
  script: raw(`
o=
for f in /proc/sys/kernel/hostname /etc/os-release; do
  while IFS= read -r l || [ -n "$l" ]; do o="$o$l\n"; done < "$f"
done 2>/dev/null
printf %s "$o"
${END}`),
  parse(answer) {
    const [hostname = '', ...release] = utf8(whole(answer, 'the host cannot be asked what it is')).split('\n')
    const values = new Map(
      release.flatMap((line) => {
        const match = /^([A-Z_]+)=(?:"(.*)"|'(.*)'|(.*))$/.exec(line)
        return match ? [[match[1], match[2] ?? match[3] ?? match[4] ?? ''] as const] : []
      }),
    )
    return {
      os: {
        id: values.get('ID') ?? '',
        versionId: values.get('VERSION_ID') ?? '',
        codename: values.get('VERSION_CODENAME') ?? '',
      },
      hostname,
    }
  },
  foresee: (state) => state,
})
