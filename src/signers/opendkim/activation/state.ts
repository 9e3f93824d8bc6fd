// Asks what an interrupted activation of OpenDKIM left behind, and whether the running daemon is in the group that can
// read its keys. An activation brings new files into OpenDKIM so that it signs at every moment.
import { FIRST_PROCESS } from '../first-process.ts'
import { KEY_GROUP } from '../keys/key-group.ts'
import { utf8 } from '../../../core/probe/answer.ts'
import { defineProbe, ProbeError, type Probe } from '../../../core/probe/probe.ts'
import { readerQuestion } from '../../../resources/reader/reader.ts'
import type { Untrusted } from '../../../shell/untrusted.ts'

/**
 * Where an activation keeps the set of files that is to go live (`new`) and, from before its first file goes live until
 * all is proven, the set that was (`old`).
 */
export const ACTIVATION = '/var/lib/mailrun/opendkim'

export interface OpendkimActivation {
  /** The files may be half new: they are put back first. */
  readonly unfinished: boolean
  /** Of a drop-in with which this OpenDKIM did not sign, so that it was taken back. */
  readonly unhardened: { readonly digest: string; readonly why: string } | undefined
  /** The daemon that runs was started in the group that can read root's keys. */
  readonly joined: boolean
}

/** Of group(5). */
const GROUP_BYTES = 4 << 20
/** One line: the digest of the drop-in that was taken back, and why. */
export const UNHARDENED = `${ACTIVATION}/unhardened`

export const opendkimActivation: Probe<OpendkimActivation> = defineProbe<OpendkimActivation>({
  key: 'opendkim activation',
  reads: [`path:${ACTIVATION}`],
  script: readerQuestion({
    program: String.raw`
print "unfinished\n" if -d '${ACTIVATION}/old';
my ($why) = split /\n/, text_of('${UNHARDENED}', 4096) // '';
print "unhardened $why\n" if defined $why;
print map { "$_\n" } grep { /^${KEY_GROUP}:/ } split /\n/, text_of('/etc/group', ${GROUP_BYTES}) // '';
for my $from (qw(${FIRST_PROCESS.join(' ')})) {
  my ($pid) = (text_of($from, 64) // '') =~ /^(\d+)/ or next;
  my $status = text_of("/proc/$pid/status", 65536) // next;
  print "daemon $1\n" if $status =~ /^Groups:(.*)/m;
  last;
}
print "end\n";
`,
  }),
  parse: ({ stdout, stderr }) => {
    const lines = utf8(stdout).trimEnd().split('\n')
    if (lines.at(-1) !== 'end')
      throw new ProbeError(`an activation of OpenDKIM cannot be asked for: ${utf8(stderr).trim() || 'no answer'}`)
    const taken = /^unhardened ([0-9a-f]{64}) (.*)$/m.exec(lines.join('\n'))
    return {
      unhardened: taken === null ? undefined : { digest: taken[1]!, why: taken[2]! },
      unfinished: lines[0] === 'unfinished',
      joined: isJoined(lines),
    }
  },
  foresee: (state) => state,
})

function isJoined(lines: Untrusted<readonly string[]>): boolean {
  const group = lines.find((line) => line.startsWith(`${KEY_GROUP}:`))?.split(':')[2]
  const daemon = lines
    .find((line) => line.startsWith('daemon '))
    ?.split(/\s+/)
    .slice(1)
  return group !== undefined && daemon?.includes(group) === true
}
