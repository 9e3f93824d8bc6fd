// The Perl code that every question about a host's mail setup has, whichever program signs: it finds the programs that
// send or sign, and Postfix's lists of milters. It needs only Debian's perl-base, and uses `PERL_WORDS`.

const PARAMETERS = [
  'config_directory content_filter inet_protocols internal_mail_filter_classes milter_default_action mydomain',
  'myhostname myorigin non_smtpd_milters queue_directory receive_override_options smtp_helo_name smtpd_milters',
].join(' ')
/** What says who asks which milter, and what it calls itself. */
const LISTS = [
  'compatibility_level cleanup_service_name internal_mail_filter_classes master_service_disable milter_default_action',
  'milter_macro_daemon_name non_smtpd_milters queue_directory receive_override_options smtpd_client_restrictions',
  'smtpd_milter_maps smtpd_milters smtpd_recipient_restrictions smtpd_relay_restrictions',
].join(' ')
const PACKAGES = [
  'amavisd-new dkimpy-milter exim4-daemon-heavy exim4-daemon-light nullmailer opendkim opensmtpd postfix qmail',
  'rspamd sendmail-bin msmtp-mta ssmtp',
].join(' ')
const UNITS = 'amavis dkimpy-milter exim4 opensmtpd rspamd sendmail'

/** Prints `package NAME VERSION` and `running UNIT` of programs that send or sign mail; the version as hex. */
export const MAIL_PROGRAMS = String.raw`
my $fields = join ' ', map { '$' . "{$_}" } qw(db:Status-Status Package Version);
for (split /\n/, output_of('dpkg-query', '-W', '-f', $fields . '\n', qw(${PACKAGES}))) {
  my ($status, $name, $version) = split;
  say_line('package', $name, hex_of($version)) if $status eq 'installed';
}
my @units = qw(${UNITS});
my @active = split /\n/, output_of('systemctl', 'is-active', @units);
for (0 .. $#units) { say_line('running', $units[$_]) if ($active[$_] || '') eq 'active' }`

/**
 * Prints of Postfix, texts as hex: `set NAME VALUE`, `line NAME NUMBER`, `main NAME VALUE` as written, `master TEXT`,
 * `hosts TEXT`, `addresses TEXT`; nothing where it is not there. No password of a table leaves the host. Source:
 * postconf(1).
 */
export const POSTFIX_SETUP = String.raw`# Postfix.
sub text_of {
  open my $file, '<', $_[0] or return '';
  read $file, my $text, 262144;
  defined $text ? $text : ''
}
my %set;
for (split /\n/, output_of('postconf', '-x', qw(${PARAMETERS}))) { $set{$1} = $2 if /^(\w+) = ?(.*)$/ }
if (%set) {
  if ($set{myorigin} =~ m{^/} && -f $set{myorigin} && open my $file, '<', $set{myorigin}) {
    my $first = <$file>;
    chomp($set{myorigin} = defined $first ? $first : '');
  }
  say_line('set', $_, hex_of($set{$_})) for sort keys %set;
  if (open my $file, '<', "$set{config_directory}/main.cf") {
    while (<$file>) { say_line('line', $1, $.) if /^(\w+)\s*=/ && exists $set{$1} }
  }
  my $directory = $set{config_directory};
  my $master = text_of("$directory/master.cf");
  say_line('master', hex_of($master));
  my (%main, %sent);
  for (split /\n/, output_of(qw(postconf -n))) { $main{$1} = $2 if /^([\w-]+) = ?(.*)$/ }
  # Those that lists of milters lead to, and no others: values may be secrets.
  my @open = map { $sent{$_} = 1; exists $main{$_} ? $main{$_} : () } qw(${LISTS});
  push @open, $master;
  while (defined(my $text = pop @open)) {
    while ($text =~ /\$[({]?\s*(\w+)/g) { push @open, $main{$1} if exists $main{$1} && !$sent{$1}++ }
  }
  say_line('main', $_, hex_of($main{$_})) for grep { exists $main{$_} } sort keys %sent;
  say_line('hosts', hex_of(text_of('/etc/hosts')));
  my ($node, $addresses) = ('', '');
  for (split /\n/, text_of('/proc/net/fib_trie')) {
    $node = $1 if /^\s*[|+]--\s+(\S+)/;
    $addresses .= "$node\n" if m{/32 host LOCAL};
  }
  /^(\S+)/ and $addresses .= "6 $1\n" for split /\n/, text_of('/proc/net/if_inet6');
  say_line('addresses', hex_of($addresses));
}`
