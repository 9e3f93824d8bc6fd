// The audit's rules on OpenDKIM's setup. To add one: a file here, and its name in this list.
import {
  ed25519Signatures,
  fromNotOversigned,
  opendkimMode,
  safeKeysOff,
  settingTwice,
  sha1Signatures,
  simpleHeader,
  trustAnchor,
} from './configuration.ts'
import { opendkimDisabled, opendkimDown, opendkimRefused, opendkimRoot, pidFileMissing } from './daemon.ts'
import { keyUnreadable, keyUnsafe } from './key-access.ts'
import { keyDaemonOwned, keyNotRoots } from './key-owners.ts'
import { keyInvalid, keyMissing, keyType, selectorDefault, shortKeyFile, weakKeyFile } from './keys.ts'
import { milterElsewhere } from './milter-elsewhere.ts'
import { noSigner, otherSigner } from './signers.ts'
import {
  signingBareDomain,
  signingCatchAll,
  signingDangling,
  signingPlainWildcard,
  signingShadowed,
} from './signing-lines.ts'
import { socketAnyUser, socketOpen } from './socket.ts'
import { confDefaultIgnored, confOverridden } from './start.ts'
import { keyTableLine, keyTableUnused, tableMissing, tableNotRead, tableUnreadable } from './tables.ts'
import { postfixInGroup, refileHosts, refileHostsPattern, trustedWide } from './trust.ts'

export const OPENDKIM_RULES = [
  // Who signs
  noSigner,
  otherSigner,
  // The daemon
  opendkimDown,
  opendkimDisabled,
  confOverridden,
  confDefaultIgnored,
  opendkimRefused,
  settingTwice,
  pidFileMissing,
  opendkimRoot,
  opendkimMode,
  sha1Signatures,
  ed25519Signatures,
  simpleHeader,
  fromNotOversigned,
  trustAnchor,
  safeKeysOff,
  // Who is trusted
  refileHosts,
  refileHostsPattern,
  trustedWide,
  socketAnyUser,
  socketOpen,
  postfixInGroup,
  // Tables
  tableMissing,
  tableUnreadable,
  tableNotRead,
  keyTableLine,
  keyTableUnused,
  signingDangling,
  signingCatchAll,
  signingBareDomain,
  signingPlainWildcard,
  signingShadowed,
  // Keys
  keyDaemonOwned,
  keyNotRoots,
  keyMissing,
  keyInvalid,
  keyUnreadable,
  keyUnsafe,
  keyType,
  weakKeyFile,
  shortKeyFile,
  selectorDefault,
  // Postfix
  milterElsewhere,
]
