// Audit rules about the private keys that OpenDKIM's tables name: whether they exist, and their type, size and
// selector.
import { foundIf, rule, type Rule } from '../../../findings/rule.ts'
import type { FindingDetails } from '../../../findings/finding.ts'
import { SHORT_KEY, WEAK_KEY } from '../../../mail/records/dkim/findings.ts'
import { isSameName } from '../../../mail/names/names.ts'
import type { OpendkimMailSetup } from '../setup/mail-setup-answer.ts'
import { keyKind } from '../../../mail/records/dkim/public-key.ts'
import { domainOfEntry, keyFiles, placeOfEntry, soundKeyFiles, unusableKeyFiles, type KeyFile } from './key-files.ts'
import { attributesOf } from './setup.ts'
import { usedKeyEntries } from './tables-read.ts'

export const keyMissing = rule({
  id: 'key-missing',
  check: 'setup',
  severity: 'error',
  means: 'The private key does not exist: all mail of the domain is deferred (451).',
  remedy:
    'restore it from a backup, or correct the path; else give the host another dkim_selector and run ' +
    'playbooks/dkim.ts',
  find: (setup: OpendkimMailSetup) =>
    keyFiles(setup)
      .filter(({ key }) => key.state === 'absent')
      .map(({ key: { path }, named }) => ({
        subject: named,
        message: `the private key ${path} does not exist`,
        expected: path,
        found: attributesOf(setup, path),
      })),
})

export const keyInvalid = rule({
  id: 'key-invalid',
  check: 'setup',
  severity: 'error',
  means:
    'The file has no private key that can be used without a passphrase: all mail of the domain is ' + 'deferred (451).',
  remedy: 'put the key into the file',
  find: (setup: OpendkimMailSetup) =>
    unusableKeyFiles(setup).map(({ key: { path, state }, subject }) => ({
      subject,
      message: `${path} holds no private key that can be used without a passphrase`,
      found: state === 'other' ? 'no file' : attributesOf(setup, path),
    })),
})

const kindOf = ({ key }: KeyFile) => keyKind(key.publicKey) ?? { type: 'unknown', bits: 0 }

export const keyType = rule({
  id: 'key-type',
  check: 'setup',
  severity: 'error',
  means: "Debian's OpenDKIM signs only with RSA keys: with another key, all mail of the domain is " + 'deferred (451).',
  remedy: 'use an RSA key of 2048 bits',
  find: (setup: OpendkimMailSetup) =>
    soundKeyFiles(setup).flatMap((each) => {
      const { type } = kindOf(each)
      return foundIf(each.key.publicKey !== '' && type !== 'rsa', {
        subject: each.subject,
        message: `${each.key.path} is a key of ${type}`,
        expected: 'rsa',
        found: type,
      })
    }),
})

/** RSA keys of a size from `least` on and below `below`, as a record of them shows them, too. */
const ofBits =
  (least: number, below: number) =>
  (setup: OpendkimMailSetup): readonly FindingDetails[] =>
    soundKeyFiles(setup).flatMap((each) => {
      const { type, bits } = kindOf(each)
      return foundIf(type === 'rsa' && bits >= least && bits < below, {
        subject: each.subject,
        message: `the key has ${bits} bits`,
        expected: '2048',
        found: String(bits),
      })
    })

/** 1024 bits are the least that verifiers take. */
export const weakKeyFile: Rule<OpendkimMailSetup, 'dkim-weak-key'> = { ...WEAK_KEY, find: ofBits(0, 1024) }
export const shortKeyFile: Rule<OpendkimMailSetup, 'dkim-short-key'> = { ...SHORT_KEY, find: ofBits(1024, 2048) }

export const selectorDefault = rule({
  id: 'selector-default',
  check: 'setup',
  severity: 'note',
  means:
    'The selector is default: it says nothing, two hosts cannot both use it, and it cannot be ' +
    'rotated without a gap.',
  remedy: 'use a selector for each host and key, such as mx1',
  find: (setup: OpendkimMailSetup) =>
    usedKeyEntries(setup)
      .filter(({ selector }) => isSameName(selector, 'default'))
      .map((entry) => ({
        subject: { ...placeOfEntry(setup, entry), ...domainOfEntry(entry) },
        message: `the selector of ${entry.domain} is default`,
        found: 'default',
      })),
})
