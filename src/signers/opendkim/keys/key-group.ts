// The system group through which OpenDKIM reads keys and tables that belong to root, and their owner and mode.
import { rootsDirectory, rootsKey } from '../../keys/roots.ts'

/**
 * Holds the daemon's user alone. Not the group opendkim: others are put into that, and OpenDKIM then refuses a key that
 * it can read (opendkim.conf(5), RequireSafeKeys).
 */
export const KEY_GROUP = 'opendkim-keys'
export const DAEMON = 'opendkim'

/** Where mailrun puts keys and tables, unless it is set otherwise. */
export const KEY_DIRECTORY = '/etc/dkimkeys'

export const ROOTS_KEY = rootsKey(KEY_GROUP)
export const ROOTS_DIRECTORY = rootsDirectory(KEY_GROUP)
