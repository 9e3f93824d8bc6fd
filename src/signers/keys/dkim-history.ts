// Asks a host for the history of its keys for a domain: a file in which mailrun records when each key was made,
// published, used and removed.
import { historyPath, parseMark, type Mark } from '../../mail/rotation/history.ts'
import { utf8, type Answer } from '../../core/probe/answer.ts'
import { defineProbe, type Family, type Probe } from '../../core/probe/probe.ts'
import type { Known } from '../../core/unknown.ts'
import { readerQuestion } from '../../resources/reader/reader.ts'
import { perlList } from '../../shell/perl-quote.ts'
import { PERL_END, whole } from '../../core/probe/whole.ts'
import type { Untrusted } from '../../shell/untrusted.ts'

export interface KeyHistory {
  /** `other`: something that is no file, such as a symbolic link. */
  readonly kind: 'absent' | 'file' | 'other'
  readonly marks: readonly Mark<Known<number>>[]
}

export const dkimHistoryProbe = (directory: string, domain: string): Probe<KeyHistory> => {
  const path = historyPath(directory, domain)
  return defineProbe<KeyHistory>({
    key: `dkim-history ${path}`,
    reads: [`path:${path}`],
    family,
    item: path,
    parse: ({ stdout }) => JSON.parse(stdout) as KeyHistory,
    foresee: (state) => state,
  })
}

/** Of one history: some thousand rotations. One that has more is refused. */
const HISTORY_BYTES = 1 << 20

const family: Family = {
  name: 'dkim-history',
  script: (items) =>
    readerQuestion({
      program: String.raw`
for my $path ${perlList([...new Set(items)])} {
  my $in = tried('lines', $path, \&regular);
  print !defined $in ? 'absent' : $in ? 'file' : 'other', " $path\n";
  my $size = $in && -s $in || next;
  # The newest marks stand last, and must not be missed.
  fail("$path has more than ${HISTORY_BYTES} bytes") if ${HISTORY_BYTES} < $size;
  my $bytes = bytes_of($in, $size);
  fail("$path cannot be read whole") if length $bytes < $size;
  print "mark $_\n" for split /\n/, $bytes;
}
${PERL_END}
`,
    }),
  split(answer, items) {
    const reported = read(whole(answer, 'the history of DKIM keys cannot be asked for'))
    return items.map((item): Answer => ({
      ...answer,
      stdout: JSON.stringify(reported.get(item) ?? { kind: 'absent', marks: [] }),
    }))
  },
}

function read(stdout: Untrusted): ReadonlyMap<string, KeyHistory> {
  const reported = new Map<string, { readonly kind: KeyHistory['kind']; readonly marks: Mark[] }>()
  let current: { readonly marks: Mark[] } | undefined
  for (const line of utf8(stdout).split('\n')) {
    const [, kind, path] = /^(absent|file|other) (\/.*)$/.exec(line) ?? []
    if (path !== undefined) {
      const here = { kind: kind as KeyHistory['kind'], marks: [] }
      reported.set(path, here)
      current = here
    }
    const mark = line.startsWith('mark ') ? parseMark(line.slice('mark '.length)) : undefined
    if (mark !== undefined) current?.marks.push(mark)
  }
  return reported
}
