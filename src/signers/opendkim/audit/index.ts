// The audit rules about OpenDKIM's setup, in the order in which reports show their findings.
import { inOrder } from '../../../findings/rule.ts'
import * as list from './list.ts'

/** A rule of the list that has no place here comes last. */
export const OPENDKIM_RULES = inOrder(list, [
  // Who signs
  'noSigner',
  'otherSigner',
  // The daemon
  'opendkimDown',
  'opendkimDisabled',
  'confOverridden',
  'confDefaultIgnored',
  'opendkimRefused',
  'settingTwice',
  'pidFileMissing',
  'opendkimRoot',
  'opendkimMode',
  'sha1Signatures',
  'ed25519Signatures',
  'simpleHeader',
  'fromNotOversigned',
  'trustAnchor',
  'safeKeysOff',
  // Who is trusted
  'refileHosts',
  'refileHostsPattern',
  'trustedWide',
  'socketAnyUser',
  'socketOpen',
  'postfixInGroup',
  // Tables
  'tableMissing',
  'tableUnreadable',
  'tableNotRead',
  'keyTableLine',
  'keyTableUnused',
  'signingDangling',
  'signingCatchAll',
  'signingBareDomain',
  'signingPlainWildcard',
  'signingShadowed',
  // Keys
  'keyDaemonOwned',
  'keyNotRoots',
  'keyMissing',
  'keyInvalid',
  'keyUnreadable',
  'keyUnsafe',
  'keyType',
  'weakKeyFile',
  'shortKeyFile',
  'selectorDefault',
  // Postfix
  'milterElsewhere',
])
