// What the programs for a host's perl share: how they run others, and how they print what may hold anything.
import type { Untrusted } from '../shell/untrusted.ts'

/**
 * `hex_of(TEXT)`, `-` for nothing; `say_line(WORDS)`; `told(PROGRAM, WORDS)`: its standard output without white space
 * at its end.
 */
export const PERL_WORDS = String.raw`
sub hex_of { unpack('H*', $_[0]) || '-' }
sub say_line { print join(' ', @_), "\n" }
sub told {
  my $out = '';
  if (open my $pipe, '-|', @_) {
    local $/;
    $out = <$pipe>;
    close $pipe;
  }
  $out = '' unless defined $out;
  $out =~ s/\s+\z//;
  $out
}
`

/** The inverse of `hex_of`. */
export const fromHex = (hex: Untrusted): string => (hex === '-' ? '' : Buffer.from(hex, 'hex').toString('utf8'))
