// The scripts that install and remove packages with apt: without questions, waiting for locks, and after repairing what
// was interrupted.
import { lines, raw, type Script } from '../../shell/script.ts'
import type { Secret } from '../../shell/secret.ts'
import { sh } from '../../shell/sh.ts'

/** A line of debconf-set-selections(1). */
export interface DebconfAnswer {
  readonly package: string
  /** `postfix/main_mailer_type` */
  readonly question: string
  readonly type: 'select' | 'multiselect' | 'string' | 'boolean' | 'note' | 'password'
  readonly value: string | Secret<string>
}

export interface Install {
  readonly packages: readonly { readonly name: string; readonly version: string | undefined }[]
  readonly debconf: readonly DebconfAnswer[]
  /** Of the packages, those that must be installed again though their version stays. */
  readonly reinstall: readonly string[]
  /** Of the packages, those that are held: changed all the same, and held again. */
  readonly held: readonly string[]
  readonly recommends: boolean | undefined
  readonly cacheValidSeconds: number
  /** What is wanted is the latest version, which only lists tell that can be fetched. */
  readonly latest: boolean
  readonly lockSeconds: number
}

/**
 * A lock of the lists is not waited for by apt itself, so it is tried again. What an interrupted apt left unpacked
 * without what it depends on dpkg alone cannot configure; apt can, but is not to solve it by removing anything. Whether
 * it stands against a removal is for apt to say.
 */
const head = (lockSeconds: number, broken: 'mend' | 'let'): Script => sh`set -e
export DEBIAN_FRONTEND=noninteractive DEBCONF_NONINTERACTIVE_SEEN=true APT_LISTCHANGES_FRONTEND=none NEEDRESTART_MODE=l
end=$(( $(date +%s) + ${lockSeconds} ))
patiently() {
  while :; do
    rc=0
    said=$("$@" 2>&1 >&3) || rc=$?
    [ -z "$said" ] || printf '%s\n' "$said" >&2
    [ "$rc" = 0 ] && return 0
    case $said in
      *'Could not get lock'*|*'Unable to acquire the dpkg'*|*'Unable to lock'*|*'frontend lock'*) ;;
      *) return "$rc";;
    esac
    [ "$(date +%s)" -lt "$end" ] || {
      echo ${`another apt or dpkg held its lock for more than ${lockSeconds} s`} >&2
      return "$rc"
    }
    sleep 1
  done
}
exec 3>&1
patiently dpkg --force-confdef --force-confold --configure -a || case $said in
  *'dependency problems'*) ${broken === 'let' ? raw(':') : fixBroken(lockSeconds)};;
  *) exit "$rc";;
esac`

const fixBroken = (lockSeconds: number): Script =>
  sh`patiently apt-get -q -y --no-remove ${dpkgOptions(lockSeconds)} --fix-broken install`

/** apt-get(8): dpkg's lock is waited for, and configuration files that were changed on the host are kept. */
const dpkgOptions = (lockSeconds: number): readonly string[] =>
  asOptions([
    `DPkg::Lock::Timeout=${lockSeconds}`,
    'Dpkg::Options::=--force-confdef',
    'Dpkg::Options::=--force-confold',
    'Dpkg::Use-Pty=0',
  ])

const asOptions = (settings: readonly string[]): readonly string[] => settings.flatMap((setting) => ['-o', setting])

export function installScript({
  packages,
  reinstall,
  held,
  debconf,
  recommends,
  cacheValidSeconds,
  latest,
  lockSeconds,
}: Install): Script {
  const targets = packages.map(({ name, version }) => (version === undefined ? name : `${name}=${version}`))
  const downgrades = packages.some(({ version }) => version !== undefined)
  const options = [
    ...(downgrades ? ['--allow-downgrades'] : []),
    ...(held.length > 0 ? ['--allow-change-held-packages'] : []),
    ...dpkgOptions(lockSeconds),
    ...(recommends === undefined ? [] : asOptions([`APT::Install-Recommends=${recommends}`])),
  ]
  return lines([
    head(lockSeconds, 'mend'),
    ...(debconf.length === 0 ? [] : [selections(debconf)]),
    freshLists(cacheValidSeconds, latest),
    ...(targets.length === 0
      ? []
      : [
          sh`# Lists that are not old may still not know a new package.
if [ ! "$fetched" ] && ! apt-get -qq -s install --no-install-recommends -- ${targets} >/dev/null 2>&1; then
  update
fi
patiently apt-get -q -y ${options} install -- ${targets}`,
          ...(reinstall.length === 0
            ? []
            : [sh`patiently apt-get -q -y --reinstall ${options} install -- ${reinstall}`]),
          ...(held.length === 0 ? [] : [sh`apt-mark -q hold -- ${held}`]),
        ]),
  ])
}

/**
 * Fetches the lists where they are too old; `update` does in any case. The directory's time is that of the last update;
 * one in the future, by a clock that went wrong, tells nothing. A server that cannot be reached is only a warning to
 * apt, which keeps the old lists.
 */
const freshLists = (validSeconds: number, latest: boolean): Script => sh`was=$(stat -c %Y /var/lib/apt/lists)
age=$(( $(date +%s) - was ))
set -- /var/lib/apt/lists/*_Packages*
update() {
  patiently apt-get -q update
  case $said in
    *'ailed to fetch'*|*'failed to download'*)
      touch -d "@$was" /var/lib/apt/lists
      ${latest ? NOT_FETCHED : raw(':')};;
    *) touch /var/lib/apt/lists;;
  esac
}
fetched=
if [ ! -e "$1" ] || [ "$age" -gt ${validSeconds} ] || [ "$age" -lt 0 ]; then
  update
  fetched=1
fi`

const NOT_FETCHED = raw(
  "echo 'the package lists cannot be fetched, so that nobody can tell what is the latest version' >&2; exit 100",
)

/** @param held - some of them are, and are removed all the same. */
export const removeScript = (
  names: readonly string[],
  { purge, held, lockSeconds }: { readonly purge: boolean; readonly held: boolean; readonly lockSeconds: number },
): Script => {
  const options = [
    ...(held ? ['--allow-change-held-packages'] : []),
    ...asOptions([`DPkg::Lock::Timeout=${lockSeconds}`, 'Dpkg::Use-Pty=0']),
  ]
  return lines([
    head(lockSeconds, 'let'),
    sh`patiently apt-get -q -y ${options} ${purge ? 'purge' : 'remove'} -- ${names}`,
  ])
}

/** By the builtin printf, so that no process shows an answer. */
function selections(answers: readonly DebconfAnswer[]): Script {
  const each = answers.map(
    ({ package: name, question, type, value }) => sh`printf '%s %s %s %s\n' ${name} ${question} ${type} ${value}`,
  )
  return sh`{ ${lines(each)}
} | debconf-set-selections`
}
