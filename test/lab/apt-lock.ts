// A process on a host that holds a lock of apt or dpkg for some seconds.

/** Shell text that starts it; it fails where the lock could not be taken. */
export const lockHeld = (path: string, seconds: number): string => `setsid perl -e '
  use Fcntl;
  open(F, ">>", "${path}");
  $l = pack("s s l! l! i", F_WRLCK, 0, 0, 0, 0);
  fcntl(F, F_SETLK, $l) or die;
  sleep ${seconds}
' >/dev/null 2>&1 </dev/null &
echo $! > /srv/holder
sleep 0.5
kill -0 $!`

/** Shell text that prints `gone` once it has ended. */
export const HOLDER_GONE = 'kill -0 "$(cat /srv/holder)" 2>/dev/null || echo gone'
