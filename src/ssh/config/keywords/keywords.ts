// The keywords of ssh_config(5) in OpenSSH 9.2 as Debian 12 has it: other names, and those that mean nothing any more.

/** Old and other names, by the name that counts. */
const SYNONYMS: Readonly<Record<string, readonly string[]>> = {
  pkcs11provider: ['smartcarddevice'],
  kbdinteractiveauthentication: ['challengeresponseauthentication', 'skeyauthentication', 'tisauthentication'],
  pubkeyauthentication: ['dsaauthentication'],
  identityfile: ['identityfile2'],
  tcpkeepalive: ['keepalive'],
  hostbasedacceptedalgorithms: ['hostbasedkeytypes'],
  pubkeyacceptedalgorithms: ['pubkeyacceptedkeytypes'],
  // Debian's.
  serveraliveinterval: ['protocolkeepalives', 'setuptimeout'],
}

const COUNTING = new Map(
  Object.entries(SYNONYMS).flatMap(([name, others]) => others.map((other) => [other, name] as const)),
)

export const countingName = (keyword: string): string => COUNTING.get(keyword) ?? keyword

/** Taken and passed over by OpenSSH, with or without a word. */
export const PASSED_OVER: ReadonlySet<string> = new Set([
  'protocol',
  'cipher',
  'fallbacktorsh',
  'globalknownhostsfile2',
  'rhostsauthentication',
  'userknownhostsfile2',
  'useroaming',
  'usersh',
  'useprivilegedport',
  'useblacklistedkeys',
  'afstokenpassing',
  'kerberosauthentication',
  'kerberostgtpassing',
  'rsaauthentication',
  'rhostsrsaauthentication',
  'compressionlevel',
])

/**
 * Of OpenSSH 9.3 to 10: they change nothing for what is done here, and their lines must not keep anybody from a host.
 * Others (RefuseConnection) are refused, as 9.2 does.
 */
export const NEWER: ReadonlySet<string> = new Set([
  'channeltimeout',
  'obscurekeystroketiming',
  'tag',
  'versionaddendum',
  'warnweakcrypto',
])

/** Those that steer reading itself. */
export const STRUCTURE: readonly string[] = ['host', 'match', 'include']
