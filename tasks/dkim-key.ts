// Task `dkimKey`: a domain's DKIM key exists on the host. The host generates it once.
import { attributeChanges } from '../src/resources/files/attributes.ts'
import { checkDomain, checkSelector } from '../src/signers/keys/check-names.ts'
import { checkPath } from '../src/resources/files/check-path.ts'
import { foreignSelector } from '../src/signers/keys/foreign-selector.ts'
import { makeFile } from '../src/resources/files/program/files.ts'
import { spentSelector } from '../src/signers/keys/spent-selector.ts'
import { isSameName } from '../src/mail/names/names.ts'
import type { OwnSelectors } from '../src/mail/fleet/own-selectors.ts'
import { flag, number, oneOf, record, required, text } from '../src/core/task/argument.ts'
import { defineTask } from '../src/core/task/define-task.ts'
import { fact } from '../src/core/task/fact.ts'
import { blocked, change, remarked } from '../src/core/task/plan.ts'
import { UNKNOWN } from '../src/core/unknown.ts'
import { keyPath, type Signing } from '../src/signers/keys/signing.ts'
import { rootsKey, type Owned } from '../src/signers/keys/roots.ts'
import type { Signer } from '../src/signers/signer.ts'
import { hostSigner, SIGNER_NAMES } from '../src/signers/signers.ts'
import type { Script } from '../src/shell/script.ts'

export interface DkimKeyArgs {
  /** In A-labels, lower case. */
  readonly domain: string
  /**
   * Of the host's first key: where the signer's tables name another one that has a key, that one stays in use and no
   * key is made.
   */
  readonly selector: string
  /** The key is `DIRECTORY/DOMAIN/SELECTOR.private`; left out: the signer's own, /etc/dkimkeys. */
  readonly directory?: string
  /** The program that signs with it, as the var `dkim_signer` names it; left out: the usual one. */
  readonly signer?: string
  /** It is made whatever key the tables name, to take that one's place later. Its selector must be new. */
  readonly coming?: boolean
  /** Of a key that is made, 1024 to 4096; left out: 2048 (RFC 8301). A key that is there is never made again. */
  readonly bits?: number
  /** The selectors that the host speaks for: one in use that is none of them is reported. Left out: none is. */
  readonly own?: OwnSelectors | undefined
}

/**
 * A key is never overwritten, and never leaves the host. A new one is root's and of the group of its signer, 0640, from
 * its first moment where `dkimGroup` goes before it, else the signer's own, 0600. A key that is there and that the
 * signer can read keeps its owner: `dkimOwners` gives it to root.
 *
 * @ansible opendkim-genkey by command
 */
export const dkimKey = defineTask<DkimKeyArgs, readonly Signing[]>({
  type: 'dkimKey',
  name: ({ domain, selector }) => `${selector}._domainkey.${domain}`,
  arguments: {
    domain: required(text),
    selector: required(text),
    directory: text,
    signer: oneOf(...SIGNER_NAMES),
    coming: flag,
    bits: number,
    own: record,
  },
  check: ({ domain, selector, directory, signer, bits }) =>
    checkDomain(domain) ??
    checkSelector(selector) ??
    (directory === undefined ? undefined : checkPath('directory', directory)) ??
    unfitDirectory(directory, by(signer)) ??
    (bits === undefined || isKeySize(bits) ? undefined : `bits must be 1024 to 4096, got ${bits}`),
  probe: ({ domain, selector, directory, signer, coming }) =>
    by(signer).signing({
      domains: [domain],
      selector,
      directory: directory ?? by(signer).keyDirectory,
      ...(coming === true ? { which: 'just' } : {}),
    }),
  plan({ bits = 2048, selector, signer: name, own }, now) {
    const signer = by(name)
    const signing = now[0]!
    const { path, key } = signing
    const problem = signer.keyProblem(signing)
    if (problem !== undefined) return blocked(problem)
    const spent = spentSelector(signing)
    if (spent !== undefined) return blocked(spent)
    const wanted = wantedOf(signing, signer)
    if ('why' in wanted) return blocked(wanted.why)
    const changes =
      key.kind === 'key'
        ? attributeChanges(path, wanted, key)
        : [{ summary: `generate, ${bits} bits`, apply: generate(path, bits, wanted) }]
    const publicKey = key.kind === 'key' ? key.publicKey : UNKNOWN
    const remarks = {
      ...(own === undefined ? {} : foreignSelector(own, signing)),
      ...(key.kind !== 'key' && wanted.owner === signer.user ? { note: notRoots(signer) } : {}),
    }
    if (changes.length === 0 && !isSameName(signing.selector, selector)) {
      const why = `${selector} would be the selector of a first key`
      return { kind: 'ok', ...remarks, note: `${signing.selector} stays in use, for the host's tables name it: ${why}` }
    }
    const then: readonly Signing[] = [{ ...signing, key: { kind: 'key', ...wanted, publicKey } }]
    const facts = [fact('path', path, { kind: 'file', ...wanted, sha256: UNKNOWN, mtime: UNKNOWN })]
    return remarked(change(changes, then, facts, [`path:${path}`]), remarks)
  },
  writes: (args) => [`path:${pathOf(args)}`],
  owns: (args) => [`content:${pathOf(args)}`],
  examples: [
    {
      title: 'The key of a domain',
      beside: 'packages',
      args: { domain: 'example.org', selector: 'mx1' },
      given: `
apt-get -qq update
DEBIAN_FRONTEND=noninteractive apt-get -qqy install opendkim openssl >/dev/null 2>&1
getent group opendkim-keys >/dev/null || groupadd -r opendkim-keys
usermod -aG opendkim-keys opendkim
rm -rf /etc/dkimkeys/*
mkdir /etc/dkimkeys/example.org
chown -R opendkim:opendkim /etc/dkimkeys`,
    },
    {
      title: 'A key that is to take the place of the one in use',
      beside: 'packages',
      args: { domain: 'example.org', selector: 'mx1-20270301', coming: true },
      given: `
apt-get -qq update
DEBIAN_FRONTEND=noninteractive apt-get -qqy install opendkim openssl >/dev/null 2>&1
getent group opendkim-keys >/dev/null || groupadd -r opendkim-keys
usermod -aG opendkim-keys opendkim
mkdir -p /etc/dkimkeys/example.org
cd /etc/dkimkeys/example.org
openssl genrsa -out mx1.private 2048 2>/dev/null
chown -R opendkim:opendkim /etc/dkimkeys
echo "mx1._domainkey.example.org example.org:mx1:/etc/dkimkeys/example.org/mx1.private" > /etc/dkimkeys/KeyTable
echo "*@example.org mx1._domainkey.example.org" > /etc/dkimkeys/SigningTable`,
    },
  ],
})

const by = (name: string | undefined): Signer => hostSigner({ dkim_signer: name })

const pathOf = ({ domain, selector, directory, signer }: DkimKeyArgs): string =>
  keyPath(directory ?? by(signer).keyDirectory, domain, selector)

function unfitDirectory(directory: string | undefined, signer: Signer): string | undefined {
  const unfit = directory === undefined ? undefined : signer.unfitDirectory(directory)
  return unfit === undefined ? undefined : `directory ${unfit}, got ${JSON.stringify(directory)}`
}

/** What a playbook from before the group gets. */
const notRoots = ({ name, user, keyGroup }: Signer): string =>
  `the key belongs to the user ${user}, which could replace it, for that user is not in the group ${keyGroup}: ` +
  `put dkimGroup before this task, and dkimOwners after ${name}, to give keys to root`

/**
 * A new key is root's where the daemon is in the group; else the daemon's.
 *
 * A key that the daemon reads and not everybody does stays as it is. One that everybody reads and that signs becomes
 * the daemon's, for what runs may not be in the group of root's yet; any other becomes root's.
 */
function wantedOf(
  { path, key, inUse, groups }: Signing,
  { title, user: daemon, keyGroup }: Signer,
): Owned | { readonly why: string } {
  const joined = groups.includes(keyGroup)
  const daemonsKey: Owned = { owner: daemon, group: daemon, mode: '0600' }
  if (key.kind !== 'key') return joined ? rootsKey(keyGroup) : daemonsKey
  const { owner, group, mode } = key
  const [user = 0, ofGroup = 0, others = 0] = Array.from(mode.slice(-3), Number)
  const notOwner = group === daemon || groups.includes(group) ? ofGroup : others
  const reads = ((owner === daemon ? user : notOwner) & 4) !== 0
  const shown = (others & 6) !== 0
  if (reads && !shown) return { owner, group, mode }
  if (owner !== daemon && owner !== 'root')
    return {
      why:
        `${path} is ${owner}:${group} ${mode}, which ${title} cannot read or would refuse: ` +
        `give it to root:${keyGroup}, 0640, where ${owner} does not need it; else give the host another dkim_selector`,
    }
  const signs = inUse && reads && group !== keyGroup
  return signs || !joined ? daemonsKey : rootsKey(keyGroup)
}

const isKeySize = (bits: number): boolean => Number.isInteger(bits) && bits >= 1024 && bits <= 4096

/** Of nothing but a whole key: on a full disk genrsa(1) has been seen to end well with an empty one. */
const generate = (path: string, bits: number, owned: Owned): Script =>
  makeFile(path, owned, ['openssl', 'genrsa', bits], ['openssl', 'pkey', '-check', '-noout', '-passin', 'pass:'])
