// Findings on hosts: OpenDKIM as its daemon reads it, its tables and keys, and how Postfix asks it.
import type { FindingKind, Severity } from './finding-kind.ts'

const setup = (severity: Severity, means: string, remedy: string): FindingKind => ({
  severity,
  check: 'setup',
  means,
  remedy,
})

export const SETUP_FINDINGS = {
  // Who sends and signs
  'no-postfix': setup(
    'unknown',
    'The host has no Postfix: what another mail server does is not looked at.',
    'look at it by its own means, or take the host out of the inventory',
  ),
  'no-signer': setup(
    'error',
    'No OpenDKIM and no other signer is installed: mail leaves unsigned.',
    'run playbooks/dkim.ts',
  ),
  'other-signer': setup(
    'note',
    'Another program signs mail, or may: what it does with a message is asked live, ' +
      'its configuration is not looked at.',
    'see that only one of them signs',
  ),
  'domain-undeclared': setup(
    'note',
    'The host signs for a domain that the inventory does not name, so nobody keeps its records.',
    'add it to domains, or take it out of the SigningTable',
  ),
  // The daemon
  'opendkim-down': setup(
    'error',
    'OpenDKIM does not run: mail waits, or leaves unsigned.',
    'see "systemctl status opendkim" and "journalctl -u opendkim"',
  ),
  'opendkim-disabled': setup('warning', 'OpenDKIM is not started when the host boots.', 'systemctl enable opendkim'),
  'opendkim-refused': setup(
    'error',
    'OpenDKIM refuses its configuration: it does not start again, and a reload keeps the old one.',
    'mend what it names',
  ),
  'conf-overridden': setup(
    'warning',
    'The daemon is started with options that go before opendkim.conf, such as by a left-over override.conf.',
    'remove the options (systemctl revert opendkim), or say the same in opendkim.conf',
  ),
  'conf-default-ignored': setup(
    'warning',
    'Settings in /etc/default/opendkim have no effect: systemd has not read that file since OpenDKIM 2.11.',
    'move them to opendkim.conf',
  ),
  'pid-file-missing': setup(
    'error',
    'opendkim.conf has no PidFile, for which the unit waits: systemd kills the daemon when the time is up.',
    'PidFile /run/opendkim/opendkim.pid',
  ),
  'opendkim-root': setup('warning', 'OpenDKIM runs as root: a hole in it opens the host.', 'UserID opendkim'),
  'opendkim-mode': setup(
    'error',
    'Mode has no s: OpenDKIM only verifies, and signs nothing.',
    'Mode sv, or s where no mail comes in',
  ),
  'sha1-signatures': setup(
    'error',
    'Mail is signed with rsa-sha1, which verifiers must not take (RFC 8301).',
    'SignatureAlgorithm rsa-sha256',
  ),
  'ed25519-signatures': setup(
    'warning',
    'All mail is signed with Ed25519 alone, which many verifiers do not know (RFC 8463 wants RSA beside it).',
    'SignatureAlgorithm rsa-sha256, with RSA keys',
  ),
  'simple-header': setup(
    'note',
    'The header is signed as it is to the byte: a relay that folds a line breaks the signature.',
    'Canonicalization relaxed/simple',
  ),
  'from-not-oversigned': setup(
    'note',
    'A second From field can be put on signed mail, and the signature still holds.',
    'OversignHeaders From',
  ),
  'trust-anchor': setup(
    'note',
    "TrustAnchorFile has OpenDKIM check DNSSEC from the internet's root, " +
      "and its lookups time out where DNS is another's (a lab, split DNS). It does not read resolv.conf.",
    'remove TrustAnchorFile where Nameservers names resolvers of your own',
  ),
  // Who is trusted
  'refile-hosts': setup(
    'warning',
    'A list of hosts is read as patterns (refile:), which know no networks: what matches is seldom what is meant.',
    'a plain file: InternalHosts /etc/dkimkeys/TrustedHosts',
  ),
  'refile-hosts-pattern': setup(
    'error',
    'An entry of a list of hosts is a pattern: 10.* matches the name 10.evil.example, [::1] a host named 1, ' +
      'and a network nothing. Whoever names a host so has mail signed.',
    'a plain file, and networks as 10.0.0.0/8',
  ),
  'trusted-wide': setup(
    'error',
    'InternalHosts takes in a good part of the internet: whoever is in it can have forged mail signed.',
    'name the networks of your own',
  ),
  'socket-any-user': setup(
    'warning',
    'Every program on the host can have any mail signed for every domain by asking OpenDKIM itself.',
    'Socket local:/var/spool/postfix/opendkim/opendkim.sock, its directory opendkim:postfix 2750, UMask 007',
  ),
  'socket-open': setup(
    'error',
    'OpenDKIM listens to the network: whoever reaches it can have forged mail signed.',
    'Socket local:/var/spool/postfix/opendkim/opendkim.sock',
  ),
  'postfix-in-group': setup(
    'warning',
    'Other users are in the group of the daemon: ' +
      'a key that the group can read is then refused, and all mail is put off (451).',
    "give the socket's directory to the group postfix (2750), and take them out of the group",
  ),
  'safe-keys-off': setup(
    'warning',
    'RequireSafeKeys is off: keys that others can read or replace are taken without a word.',
    'RequireSafeKeys yes, and keys root:opendkim-keys 0640',
  ),
  // Tables
  'table-missing': setup(
    'error',
    'A table that opendkim.conf names is not there: OpenDKIM does not start.',
    'write it, or take the setting out',
  ),
  'table-unreadable': setup(
    'error',
    'The daemon cannot read a table once it is no longer root: a reload fails, and mail is put off.',
    'root:opendkim-keys 0640 or mode 0644, and directories that it may search',
  ),
  'table-not-read': setup(
    'note',
    'A table is no text file, or too long, and was not looked at in whole.',
    'opendkim -Q asks such a table',
  ),
  'signing-dangling': setup(
    'error',
    'The SigningTable names a key that is not in the KeyTable: all mail that matches is put off (451).',
    'add the key to the KeyTable, or mend the name',
  ),
  'signing-plain-wildcard': setup(
    'error',
    'A pattern stands in a SigningTable that is read without patterns: it matches nothing, and mail leaves unsigned.',
    'SigningTable refile:…, or the domain alone',
  ),
  'signing-bare-domain': setup(
    'error',
    'A domain alone stands in a SigningTable of patterns, which match whole addresses: mail leaves unsigned.',
    'write *@ before it',
  ),
  'signing-catch-all': setup(
    'error',
    'A pattern matches every sender: mail of domains that are not yours is signed with this key.',
    'a line for each domain',
  ),
  'signing-shadowed': setup(
    'warning',
    'A line of the SigningTable is never come to: the first that matches counts.',
    'put what is narrower first, or remove it',
  ),
  'key-table-line': setup(
    'error',
    'A line of the KeyTable is none: name, domain:selector:path are wanted, and what is more puts all mail off (451).',
    'mend the line',
  ),
  'key-table-unused': setup(
    'note',
    'A key in the KeyTable that no line of the SigningTable names.',
    'remove it once no mail signed with it is on its way',
  ),
  // Keys
  'key-missing': setup(
    'error',
    'The private key is not there: all mail of the domain is put off (451).',
    'put it back from a backup, or mend the path; else give the host another dkim_selector and run playbooks/dkim.ts',
  ),
  'key-invalid': setup(
    'error',
    'The file holds no private key that can be used without a passphrase: all mail of the domain is put off (451).',
    'put the key there',
  ),
  'key-type': setup(
    'error',
    'OpenDKIM of Debian signs with RSA keys: another one puts all mail of the domain off (451).',
    'a key of RSA with 2048 bits',
  ),
  'key-unreadable': setup(
    'error',
    'The daemon cannot read the private key: all mail of the domain is put off (451).',
    'root:opendkim-keys 0640, the daemon in that group since its start, and directories that it may search',
  ),
  'key-unsafe': setup(
    'error',
    'Others can read or replace the private key: OpenDKIM refuses it, and all mail of the domain is put off (451).',
    'root:opendkim-keys 0640, nobody but the daemon in that group, and directories that only their owner may write',
  ),
  'key-daemon-owned': setup(
    'note',
    "The daemon, which reads strangers' mail, owns its keys or their directories: a fault in it lets others replace " +
      'them.',
    'run playbooks/dkim.ts, which gives them to root',
  ),
  'key-not-roots': setup(
    'note',
    'A key or its directory belongs to another account, or that can read it: mailrun does not give it to root.',
    'give the host keys of its own below /etc/dkimkeys, or make sure that nobody else needs these',
  ),
  'selector-default': setup(
    'note',
    'The selector is default: it says nothing, two hosts cannot both have it, and it cannot be rotated without a gap.',
    'a selector for each host and key, such as mx1',
  ),
  'selector-collision': setup(
    'error',
    'Two hosts sign with two keys under one selector: DNS can hold one, and mail of the other fails.',
    'give one of them another selector',
  ),
  'key-shared': setup(
    'note',
    'Several hosts have the same private key: it cannot be revoked for one of them.',
    'a key for each host, or none if that is meant',
  ),
  // Postfix
  'milter-accept': setup(
    'warning',
    'Mail leaves unsigned, without a word, whenever OpenDKIM does not answer.',
    'milter_default_action = tempfail',
  ),
  'milter-elsewhere': setup(
    'error',
    'Postfix asks no milter where OpenDKIM listens.',
    "one of smtpd_milters and non_smtpd_milters must be OpenDKIM's Socket; " +
      'in a chroot paths begin below the queue directory',
  ),
  'milters-overridden': setup(
    'warning',
    'A service of master.cf has milters of its own (-o), and OpenDKIM is not among them: main.cf does not count there.',
    'take the -o out, or add OpenDKIM to it',
  ),
  'reinjection-signed': setup(
    'warning',
    'A listener on the loopback takes mail back from a filter and asks milters again: ' +
      'as it comes from 127.0.0.1, forged mail from outside is signed.',
    '-o receive_override_options=no_milters for the listener',
  ),
  'parameter-twice': setup(
    'warning',
    'opendkim.conf or main.cf sets a parameter more than once: the last one counts.',
    'leave one',
  ),
  'bounces-unauthenticated': setup(
    'warning',
    'Bounces are neither signed nor covered by SPF of the name that the host greets with: receivers refuse them.',
    'publish SPF for that name, or internal_mail_filter_classes = bounce',
  ),
  'origin-unauthenticated': setup(
    'warning',
    'Mail of programs on the host comes from a name that no line of the SigningTable covers, nor SPF: ' +
      "receivers refuse cron's mail.",
    'publish SPF for that name, sign for it too, or set myorigin to the domain',
  ),
  'helo-not-qualified': setup(
    'error',
    'The host greets others with a name that is none in DNS: large receivers refuse its mail.',
    'set myhostname to the name that its address has',
  ),
  'helo-differs': setup(
    'warning',
    'The host greets others with another name than the inventory says, and SPF is published for the latter.',
    'set helo_name to what it greets with, or myhostname to what the inventory says',
  ),
  'ip6-unlisted': setup(
    'warning',
    'Mail leaves by IPv6, too, and outgoing_addresses names no such address: SPF does not let it send.',
    'add the address to outgoing_addresses, or inet_protocols = ipv4',
  ),
} as const satisfies Readonly<Record<string, FindingKind>>
