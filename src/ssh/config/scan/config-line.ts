// Splits one line of an ssh_config into words, without deciding what they mean.
import { lowerAscii } from '../../../text/openssh-pattern.ts'
import { nextWord, splitWords, withoutSpace } from './words.ts'

export interface ConfigLine {
  /** In lower case, under the name that `ssh -G` prints. */
  readonly keyword: string
  /** `undefined`: a quotation has no end; ssh refuses it. */
  readonly words: readonly string[] | undefined
  /** What stands after the keyword, as it is written. */
  readonly rest: string
  /** file:line, or what the caller calls an option. */
  readonly where: string
}

/** Other names of keywords, by the name that `ssh -G` prints. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  smartcarddevice: 'pkcs11provider',
  challengeresponseauthentication: 'kbdinteractiveauthentication',
  skeyauthentication: 'kbdinteractiveauthentication',
  tisauthentication: 'kbdinteractiveauthentication',
  dsaauthentication: 'pubkeyauthentication',
  identityfile2: 'identityfile',
  keepalive: 'tcpkeepalive',
  hostbasedkeytypes: 'hostbasedacceptedalgorithms',
  pubkeyacceptedkeytypes: 'pubkeyacceptedalgorithms',
  // Debian's.
  protocolkeepalives: 'serveraliveinterval',
  setuptimeout: 'serveraliveinterval',
}

/** `undefined` for an empty line and a comment. */
export function configLine(line: string, where: string): ConfigLine | undefined {
  const end = line.search(/\0|$/)
  const text = line.slice(0, 1) + line.slice(1, Math.max(1, end)).replace(/[ \t\r\n\f]+$/, '')
  let { word, rest } = nextWord(end === 0 ? '' : text)
  if (word === '') ({ word, rest } = nextWord(rest))
  if (word === undefined || word === '' || word.startsWith('#')) return undefined
  const after = withoutSpace(rest ?? '')
  const written = lowerAscii(word)
  return { keyword: OTHER_NAMES[written] ?? written, words: splitWords(after), rest: after, where }
}
