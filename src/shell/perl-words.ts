// The Perl code that all programs for hosts share: running other programs, and printing values that may contain any
// byte.
import type { Untrusted } from './untrusted.ts'

/**
 * `hex_of(TEXT)`, `-` for nothing; `say_line(WORDS)`; `output_of(PROGRAM, WORDS)`: its standard output without white
 * space at its end. It reads nothing, and what it complains of is nobody's business.
 */
export const PERL_WORDS = String.raw`
sub hex_of { unpack('H*', $_[0]) || '-' }
sub say_line { print join(' ', @_), "\n" }
sub output_of {
  my $pid = open(my $pipe, '-|') // return '';
  if (!$pid) {
    open STDERR, '>', '/dev/null';
    open STDIN, '<', '/dev/null';
    { exec { $_[0] } @_ }
    eval { require POSIX; POSIX::_exit(127) };
    kill 'KILL', $$;
  }
  local $/;
  my $out = <$pipe> // '';
  close $pipe;
  $out =~ s/\s+\z//;
  $out
}
`

/** The inverse of `hex_of`. */
export const fromHex = (hex: Untrusted): string => (hex === '-' ? '' : Buffer.from(hex, 'hex').toString('utf8'))
