// The list of the audit's rules about OpenDKIM's setup, one line for each file. docs/contributing/rule.md explains how
// to add one.
export {
  ed25519Signatures,
  fromNotOversigned,
  opendkimMode,
  safeKeysOff,
  settingTwice,
  sha1Signatures,
  simpleHeader,
  trustAnchor,
} from './configuration.ts'
export { opendkimDisabled, opendkimDown, opendkimRefused, opendkimRoot, pidFileMissing } from './daemon.ts'
export { keyUnreadable, keyUnsafe } from './key-access.ts'
export { keyDaemonOwned, keyNotRoots } from './key-owners.ts'
export { keyInvalid, keyMissing, keyType, selectorDefault, shortKeyFile, weakKeyFile } from './keys.ts'
export { milterElsewhere } from './milter-elsewhere.ts'
export { noSigner, otherSigner } from './signers.ts'
export {
  signingBareDomain,
  signingCatchAll,
  signingDangling,
  signingPlainWildcard,
  signingShadowed,
} from './signing-lines.ts'
export { socketAnyUser, socketOpen } from './socket.ts'
export { confDefaultIgnored, confOverridden } from './start.ts'
export { keyTableLine, keyTableUnused, tableMissing, tableNotRead, tableUnreadable } from './tables.ts'
export { postfixInGroup, refileHosts, refileHostsPattern, trustedWide } from './trust.ts'
