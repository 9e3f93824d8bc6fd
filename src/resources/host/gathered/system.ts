// Facts about a host's system: release, version, kernel, architecture, host name.
import { namedFact, word } from './named-fact.ts'

/** One variable of os-release(5), which is shell text that only assigns. */
const osRelease = (name: 'VERSION_CODENAME' | 'VERSION_ID'): string =>
  `sed -n 's/^${name}=["'\\'']\\{0,1\\}\\([^"'\\'']*\\).*/\\1/p' /etc/os-release | head -n 1`

export const release = namedFact(
  'release',
  'the codename of the release: `bookworm`',
  osRelease('VERSION_CODENAME'),
  word,
)
export const version = namedFact('version', 'its number: `12`', osRelease('VERSION_ID'), word)
export const kernel = namedFact('kernel', "the kernel's release, as `uname -r` prints it", 'uname -r', word)
export const architecture = namedFact(
  'architecture',
  "Debian's name of the architecture: `amd64`",
  'dpkg --print-architecture',
  word,
)
export const hostname = namedFact(
  'hostname',
  'what the host calls itself: the host name of its kernel',
  'cat /proc/sys/kernel/hostname',
  word,
)
