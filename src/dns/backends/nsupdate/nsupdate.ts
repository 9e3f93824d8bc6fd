// Backend `nsupdate`: dynamic updates (RFC 2136) from this machine to the primary of a zone, with nsupdate(1) and a
// TSIG key (RFC 8945).
import * as v from 'valibot'
import { secret } from '../../../secrets/secret-schema.ts'
import { defineBackend } from '../backend.ts'
import { isTsigKey, keyOf, WANTED } from './tsig-key.ts'

export const nsupdate = defineBackend({
  via: 'nsupdate',
  how: 'from here, by dynamic updates (RFC 2136) that are signed with `key_file` or `key`',
  set: 'dns.key_file (TSIG)',
  guard: 'compare-and-set',
  vars: {
    key_file: v.optional(
      v.pipe(
        v.string('a path is wanted'),
        v.minLength(1, 'a path is wanted'),
        v.description(
          'A file that only you can read, with a TSIG key as `tsig-keygen` writes it. mailrun tests it before it ' +
            'sends anything, because nsupdate continues without a signature if it cannot read the file. nsupdate ' +
            'gets its path; the secret is in no argument.',
        ),
      ),
    ),
    key: v.optional(
      v.pipe(
        secret(v.pipe(v.string(WANTED), v.check(isTsigKey, WANTED))),
        v.description(
          'The TSIG key itself in place of `key_file`, as `tsig-keygen` writes it, such as an encrypted value. ' +
            'nsupdate gets it on its standard input.',
        ),
      ),
    ),
  },
  impliedBy: ['key_file', 'key'],
  settle(vars) {
    if (vars.key_file !== undefined && vars.key !== undefined) return { needs: 'one of key_file and key, not both' }
    const key = keyOf(vars)
    if (key === undefined)
      return { needs: 'key_file, the TSIG key that the name server knows (tsig-keygen writes one)' }
    return {
      unfit: ({ zone, primary }) =>
        primary === undefined
          ? `${zone}: the server that its SOA record names takes no updates, for it has no address: set dns.primary`
          : undefined,
      async ready() {
        const { readyToPush } = await import('./push-from-here.ts')
        return readyToPush(key)
      },
      async push(changes, { primary }) {
        const { pushFromHere } = await import('./push-from-here.ts')
        return pushFromHere(changes, primary!, key)
      },
    }
  },
})
