// Shell text of the question to whom a host's DKIM keys belong: who else can get at them, and which daemons would still
// reach them once they are root's.
import { DAEMON } from '../mail/key-group.ts'
import { quote } from '../shell/quote.ts'

/** Members of groups that own a path: supplementary ones, and those whose primary group it is. */
const MEMBERS = `
f==0 {g[$4]; next}
{split($0, a, ":")}
f==1 {if (a[1] in g) {m[a[1]]=a[4]; i[a[3]]=a[1]}; next}
a[4] in i {m[i[a[4]]]=m[i[a[4]]] "," a[1]}
END {for (x in m) print "members", x, m[x]}`

/**
 * `more_of_owners GID` reads lines `path TYPE OWNER GROUP MODE PATH` and asks about those paths: `members GROUP NAME,…`
 * of each group, `acl PATH` where an access control list lets others in, and of the daemon's processes
 * `outside PID UNIT` where one is not in the group.
 */
export const MORE_OF_OWNERS = `more_of_owners() {
  awk ${quote(MEMBERS)} f=0 - f=1 /etc/group f=2 /etc/passwd
  ls -ld -- "$@" 2>/dev/null | awk 'substr($1, 11)=="+" {print "acl", $NF}'
  for q in $(find /proc -maxdepth 1 -user ${DAEMON} -name '[0-9]*' 2>/dev/null); do
    in=
    while read -r w v; do
      [ "$w" != Groups: ] || case " $v " in *" $kid "*) in=1;; esac
    done < "$q/status"
    [ -n "$in" ] || {
      u=-
      while read -r v; do case $v in *.service) u=\${v##*/};; esac; done < "$q/cgroup"
      echo "outside \${q#/proc/} $u"
    }
  done 2>/dev/null
}`
