// Keywords with a closed set of words, and the word that each stands for.

/** Of the words in lower case; several words may mean the same. */
export type Choice = Readonly<Record<string, string>>

export const FLAG: Choice = { true: 'yes', false: 'no', yes: 'yes', no: 'no' }
const ASK: Choice = { ...FLAG, ask: 'ask' }

export const CHOICES: Readonly<Record<string, Choice>> = {
  forwardx11: FLAG,
  forwardx11trusted: FLAG,
  gatewayports: FLAG,
  exitonforwardfailure: FLAG,
  passwordauthentication: FLAG,
  kbdinteractiveauthentication: FLAG,
  pubkeyauthentication: { ...FLAG, unbound: 'unbound', 'host-bound': 'host-bound' },
  hostbasedauthentication: FLAG,
  gssapiauthentication: FLAG,
  gssapikeyexchange: FLAG,
  gssapidelegatecredentials: FLAG,
  gssapitrustdns: FLAG,
  gssapirenewalforcesrekey: FLAG,
  batchmode: FLAG,
  checkhostip: FLAG,
  verifyhostkeydns: ASK,
  stricthostkeychecking: { ...ASK, off: 'no', 'accept-new': 'accept-new' },
  compression: { yes: 'yes', no: 'no' },
  tcpkeepalive: FLAG,
  nohostauthenticationforlocalhost: FLAG,
  clearallforwardings: FLAG,
  addressfamily: { inet: 'inet', inet6: 'inet6', any: 'any' },
  enablesshkeysign: FLAG,
  identitiesonly: FLAG,
  controlmaster: { ...FLAG, auto: 'auto', ask: 'ask', autoask: 'autoask' },
  hashknownhosts: FLAG,
  tunnel: {
    ethernet: 'ethernet',
    'point-to-point': 'point-to-point',
    true: 'point-to-point',
    yes: 'point-to-point',
    false: 'no',
    no: 'no',
  },
  permitlocalcommand: FLAG,
  visualhostkey: FLAG,
  requesttty: { ...FLAG, force: 'force', auto: 'auto' },
  sessiontype: { none: 'none', subsystem: 'subsystem', default: 'default' },
  stdinnull: FLAG,
  forkafterauthentication: FLAG,
  proxyusefdpass: FLAG,
  canonicalizehostname: { ...FLAG, always: 'always' },
  canonicalizefallbacklocal: FLAG,
  streamlocalbindunlink: FLAG,
  updatehostkeys: ASK,
  enableescapecommandline: FLAG,
}

/** Syslog's, whose first name is the one that is printed. */
export const LOG_LEVELS: Choice = {
  silent: 'SILENT',
  quiet: 'SILENT',
  fatal: 'FATAL',
  error: 'ERROR',
  info: 'INFO',
  verbose: 'VERBOSE',
  debug: 'DEBUG',
  debug1: 'DEBUG',
  debug2: 'DEBUG2',
  debug3: 'DEBUG3',
}
const FACILITIES = ['DAEMON', 'USER', 'AUTH', 'AUTHPRIV', ...Array.from({ length: 8 }, (_, index) => `LOCAL${index}`)]
export const LOG_FACILITIES: Choice = Object.fromEntries(FACILITIES.map((name) => [name.toLowerCase(), name]))
export const HASHES: Choice = Object.fromEntries(
  ['MD5', 'SHA1', 'SHA256', 'SHA384', 'SHA512'].map((name) => [name.toLowerCase(), name]),
)
