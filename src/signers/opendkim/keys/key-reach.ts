// Decides whether the daemon can read a private key, and whether it trusts the directories above it (opendkim(8);
// opendkim.conf(5), RequireSafeKeys).
import type { Untrusted } from '../../../shell/untrusted.ts'
import type { DirectoryAttributes } from '../../keys/signing.ts'
import { DAEMON, KEY_DIRECTORY } from './key-group.ts'

const [SEARCH, WRITE] = [1, 2]

/**
 * Why the user opendkim cannot get at a key, or why OpenDKIM would refuse it, with what to do; `undefined` where all is
 * well.
 *
 * @param above - every path above the key, the topmost first.
 * @param groups - of the user opendkim, besides its own.
 */
export function keyOutOfReach(
  above: readonly Untrusted[],
  directories: readonly DirectoryAttributes[],
  groups: readonly Untrusted[],
): string | undefined {
  for (const path of above) {
    const directory = directories.find((each) => each.path === path)
    if (directory === undefined) return `${path} is not there: make it with directory first`
    const { owner, group, mode, link } = directory
    if (link === true) return `${path} is a symbolic link: have the KeyTable name the key by the path that it leads to`
    const [user = 0, ofGroup = 0, others = 0] = [...mode].slice(-3).map(Number)
    const notOwner = group === DAEMON || groups.includes(group) ? ofGroup : others
    const mine = owner === DAEMON ? user : notOwner
    const is = `${path} is ${owner}:${group} ${mode}`
    if ((mine & SEARCH) === 0) {
      const remedy = `let ${DAEMON} search it, or move the key below ${KEY_DIRECTORY} and its KeyTable entry with it`
      return `OpenDKIM cannot get at it, for ${is}: ${remedy}`
    }
    if (owner !== 'root' && owner !== DAEMON && (user & WRITE) !== 0)
      return `OpenDKIM refuses a key that others could replace, and ${is}: give it to root`
    if ((others & WRITE) !== 0 || (ofGroup & WRITE) !== 0) {
      const remedy = 'take write permission from its group and from others'
      return `OpenDKIM refuses a key that others could replace, and ${is}: ${remedy}`
    }
  }
  return undefined
}
