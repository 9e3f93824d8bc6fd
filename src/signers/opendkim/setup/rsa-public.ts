// The Perl that reads the public half of an RSA key from the private one. It spares a process of openssl(1) for each
// key (18 ms), whenever a host is asked for its keys.

/**
 * Defines `rsa_public PEM`: SubjectPublicKeyInfo in DER, base64; nothing where the text is anything but one plain RSA
 * key as openssl(1) and opendkim-genkey(8) write it: then openssl is to be asked. No module is needed: perl-base has
 * none for base64.
 *
 * Source: RFC 8017, appendix A.1 (RSAPrivateKey, RSAPublicKey); RFC 5958, section 2 (PrivateKeyInfo, without
 * attributes); RFC 5280, section 4.1 (SubjectPublicKeyInfo); X.690, section 10.1 (lengths in DER); RFC 7468.
 */
export const RSA_PUBLIC = String.raw`
my $RSA = "\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00";
sub from_base64 {
  my $text = $_[0] =~ tr{A-Za-z0-9+/}{}cdr =~ tr{A-Za-z0-9+/}{ -_}r;
  join '', map { unpack 'u', chr(32 + int(length($_) * 3 / 4)) . $_ } $text =~ /(.{1,60})/gs;
}
sub to_base64 {
  my $pad = (3 - length($_[0]) % 3) % 3;
  my $text = pack('u', $_[0]) =~ s/^.//mgr =~ tr/\n//dr =~ tr{${'`'} -_}{AA-Za-z0-9+/}r;
  substr($text, length($text) - $pad) = '=' x $pad;
  $text
}
# Takes one element with this tag from the front of a text; its content.
sub element {
  my ($tag, $length) = unpack 'CC', $_[0];
  return if !defined $length || $tag != $_[1];
  my $at = 2;
  if ($length > 0x7f) {
    my $more = $length - 0x80;
    return if $more < 1 || $more > 2 || length $_[0] < 2 + $more;
    $length = hex unpack 'H*', substr $_[0], 2, $more;
    return if $length < ($more == 1 ? 0x80 : 0x100);
    $at += $more;
  }
  return if length $_[0] < $at + $length;
  my $content = substr $_[0], $at, $length;
  $_[0] = substr $_[0], $at + $length;
  $content
}
# A positive number, written as short as can be.
sub number {
  my $bytes = element($_[0], 2) // return;
  $bytes =~ /\A(?:[\x01-\x7f]|\0[\x80-\xff])/s ? $bytes : undef
}
sub written {
  my ($tag, $content) = @_;
  my $length = length $content;
  pack('C', $tag) . ($length < 0x80 ? pack 'C', $length : $length < 0x100 ? pack 'CC', 0x81, $length
    : pack 'Cn', 0x82, $length) . $content
}
sub rsa_public {
  my ($kind, $text) = $_[0] =~
    m{\A-----BEGIN (RSA )?PRIVATE KEY-----\n([^-]+\n)-----END (?(1)RSA )PRIVATE KEY-----\n\z} or return;
  return if $text !~ m{\A(?:[A-Za-z0-9+/]{64}\n)*[A-Za-z0-9+/=]{1,64}\n\z};
  my $der = from_base64($text);
  # Nothing but what was read: no bits and no padding too many.
  return if to_base64($der) ne $text =~ tr/\n//dr;
  my $key = $der;
  if (!defined $kind) {
    my $info = element($der, 0x30);
    return if !defined $info || length $der || substr($info, 0, 3 + length $RSA) ne "\x02\x01\0$RSA";
    $info = substr $info, 3 + length $RSA;
    $key = element($info, 4);
    return if !defined $key || length $info;
  }
  my $parts = element($key, 0x30);
  return if !defined $parts || length $key || substr($parts, 0, 3) ne "\x02\x01\0";
  $parts = substr $parts, 3;
  my @numbers = map { number($parts) // return } 1 .. 8;
  my ($modulus, $exponent) = @numbers;
  return if length $parts || length $modulus < 64 || length $modulus > 2049 || length $exponent > 8;
  my $public = written(0x30, written(2, $modulus) . written(2, $exponent));
  to_base64(written(0x30, $RSA . written(3, "\0$public")))
}
`
