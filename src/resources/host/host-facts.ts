// Asks for facts about a host that do not change: os-release(5) and the kernel's host name. It starts no process.
import { utf8 } from '../../core/probe/answer.ts'
import { defineProbe } from '../../core/probe/probe.ts'
import type { HostFacts } from '../../core/fleet/host-facts.ts'
import { readerQuestion } from '../reader/reader.ts'
import { PERL_END, whole } from '../../core/probe/whole.ts'

export const hostFacts = defineProbe<HostFacts>({
  key: 'host-facts',
  reads: [],
  script: readerQuestion({
    program: String.raw`
for my $path ('/proc/sys/kernel/hostname', '/etc/os-release') {
  my $text = text_of($path, 65536) // '';
  print $text, $text =~ /[^\n]\z/ ? "\n" : '';
}
${PERL_END}
`,
  }),
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
