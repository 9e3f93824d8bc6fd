// Asks which private keys a host has for some domains, with their public halves and ages, and what time it is there.
import type { HostKeys } from '../../keys/host-keys.ts'
import { isSelector } from '../../../mail/names/names.ts'
import { HISTORY } from '../../../mail/rotation/history.ts'
import { utf8 } from '../../../core/probe/answer.ts'
import { defineProbe, ProbeError, type Probe } from '../../../core/probe/probe.ts'
import { readerQuestion } from '../../../resources/reader/reader.ts'
import { perlList, perlQuote } from '../../../shell/perl-quote.ts'
import { COLLECT } from '../setup/collect.ts'
import { fromHex } from '../../../shell/perl-words.ts'

/**
 * For the reader. Follows `$keys`, a directory, and `@domains`. Prints `now SECONDS`, then for each key that is a file
 * `key DOMAIN SELECTOR CHANGED PATH SPKI`, path as hex, `-` for a public half that cannot be known; then `end`.
 */
const PROGRAM = String.raw`
${COLLECT}
my %known = map { $_ => 1 } @domains;
my %reported;
sub key {
  my ($domain, $selector, $path) = @_;
  my @is = lstat $path;
  return if $reported{"$domain $selector $path"}++ || !@is || !-f _;
  say_line('key', $domain, $selector, $is[9], hex_of($path), spki($path) || '-');
}
say_line('now', time);
for my $domain (@domains) {
  my $in = "$keys/$domain";
  if (opendir my $all, $in) {
    for my $file (sort readdir $all) {
      key($domain, $1 . '', "$in/$file") if $file =~ /^([A-Za-z0-9_-][A-Za-z0-9._-]*)\.private$/;
    }
  }
  my $history = eval { reach("$in/${HISTORY}") };
  chdir '/';
  while ($history && defined(my $line = <$history>)) {
    my (undef, $event, $selector, $path) = split ' ', $line;
    key($domain, $selector, $path) if ($event // '') eq 'active' && ($path // '') =~ m{^/};
  }
}
@words = daemon_words();
collect();
for (key_fields()) {
  my ($of, $path, $selector) = @$_;
  for my $domain ($of eq '%' ? @domains : $known{lc $of} ? lc $of : ()) {
    # Of a literal domain as it is written.
    my $sender = $of eq '%' ? $domain : $of;
    key($domain, $selector, $path =~ s/%/$sender/gr);
  }
}
say_line('end');
`

/**
 * `DIRECTORY/DOMAIN/*.private`, and those elsewhere that the history or OpenDKIM's configuration names. They are read
 * on the host; only their public halves leave it.
 */
export const dkimKeysProbe = (directory: string, domains: readonly string[]): Probe<HostKeys> =>
  defineProbe<HostKeys>({
    key: `dkim-keys ${JSON.stringify([directory, domains])}`,
    reads: [...domains.map((domain) => `path:${directory}/${domain}` as const), 'package:openssl'],
    script: readerQuestion({
      program: `my $keys = ${perlQuote(directory)};
my @domains = ${perlList(domains)};
${PROGRAM}`,
    }),
    parse({ stdout, stderr }) {
      if (!stdout.endsWith('\nend\n'))
        throw new ProbeError(`the DKIM keys cannot be asked for: ${utf8(stderr).trim() || 'the answer was cut short'}`)
      const keys = [...stdout.matchAll(/^key (\S+) (\S+) (\d+) ([0-9a-f]+) (\S+)$/gm)].map(
        ([, domain = '', selector = '', made = '', path = '', publicKey = '']) => ({
          domain,
          selector,
          path: fromHex(path),
          made: Number(made),
          publicKey: publicKey === '-' ? undefined : publicKey,
        }),
      )
      const once = new Map(
        keys
          .filter(({ selector }) => isSelector(selector))
          .map((key) => [`${key.domain} ${key.selector} ${key.path}`, key]),
      )
      const now = /^now (\d{1,12})$/m.exec(stdout)?.[1]
      if (now === undefined) throw new ProbeError('the host does not tell what time it is')
      return { now: Number(now), keys: [...once.values()] }
    },
  })
