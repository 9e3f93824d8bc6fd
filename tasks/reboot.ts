// Task: the host has booted since something changed that wants it.
import { checkPath } from '../src/resources/files/check-path.ts'
import { bootOf, SET_BOOT } from '../src/resources/host/boot.ts'
import { utf8 } from '../src/core/probe/answer.ts'
import { listOf, seconds, text } from '../src/core/task/argument.ts'
import { defineTask } from '../src/core/task/define-task.ts'
import { change, ok } from '../src/core/task/plan.ts'
import { defineProbe } from '../src/core/probe/probe.ts'
import { ANYTHING, PACKAGES, type Resource } from '../src/core/task/resource.ts'
import { END, whole } from '../src/core/probe/whole.ts'
import { UNKNOWN, type Known } from '../src/core/unknown.ts'
import { lines, raw } from '../src/shell/script.ts'
import { sh } from '../src/shell/sh.ts'

export interface RebootArgs {
  /** Files that count only after a boot, such as `/etc/default/grub`: one that was changed since wants one. */
  readonly after?: readonly string[]
  /** So long it is waited for; left out: 600. */
  readonly timeoutSeconds?: number
}

export interface RebootState {
  readonly boot: Known<string>
  /** Why the host is to boot: at most 20 of them; none where it is not. */
  readonly reasons: readonly string[]
}

/**
 * Restarts the host if that is wanted: a package says so (`/run/reboot-required`), a kernel was installed since the
 * last boot, or one of the files in `after` was changed since. mailrun waits until the host has booted and lets it in
 * again, asks everything anew, and goes on; a host that does not come back is unreachable. What must run by then is for
 * a `waitFor` after it. How many hosts restart at once is for `--serial`.
 *
 * @ansible reboot
 */
export const reboot = defineTask<RebootArgs, RebootState>({
  type: 'reboot',
  name: ({ after }) => (after === undefined ? 'if it is wanted' : `after ${after.join(', ')}`),
  arguments: {
    after: listOf(text),
    timeoutSeconds: seconds,
  },
  check: ({ after = [] }) => after.map((path) => checkPath('after', path)).find((wrong) => wrong !== undefined),
  probe: ({ after = [] }) =>
    defineProbe<RebootState>({
      key: `reboot ${JSON.stringify(after)}`,
      reads: ['path:/run/reboot-required', PACKAGES, ...after.map((path): Resource => `path:${path}`)],
      script: lines([
        raw(SET_BOOT),
        sh`printf '%s\n' "$boot"
{
  [ ! -e /run/reboot-required ] || {
    printf 'wanted by'
    [ ! -s /run/reboot-required.pkgs ] ||
      sort -u /run/reboot-required.pkgs | head -n 10 | tr '\n' ' ' | sed 's/^/ /; s/ $//'
    echo
  }
  find /boot -maxdepth 1 -type f -name 'vmlinu[xz]-*' -newerct "@$booted" -printf 'a new kernel, %f\n'
  find ${['/nonexistent', ...after]} -maxdepth 0 -newerct "@$booted" -printf '%p was changed\n' 2>/dev/null
} | head -n 20 | cut -c 1-500`,
        raw(END),
      ]),
      parse(answer) {
        const [boot = '', ...reasons] = utf8(whole(answer, 'whether it is to restart cannot be asked for')).split('\n')
        const said = reasons.filter((line) => line !== '')
        return {
          boot: bootOf(boot),
          reasons: said.map((line) => (line === 'wanted by' ? 'wanted by a package' : line)),
        }
      },
    }),
  plan({ timeoutSeconds = SECONDS }, { boot, reasons }) {
    if (reasons.length === 0) return ok
    const summary = `restart: ${reasons.slice(0, 3).join('; ')}${reasons.length > 3 ? '; …' : ''}`
    const otherwise = 'the host was to restart, and does not answer: look at its console'
    const back = {
      withinSeconds: timeoutSeconds,
      otherwise,
      ...(typeof boot === 'string' ? { notBoot: boot } : {}),
    }
    return change(
      [
        { summary, apply: raw(RESTART) },
        { summary: 'there again', apply: raw(':'), reconnect: back },
      ],
      { boot: UNKNOWN, reasons: [] },
    )
  },
  // Whatever is there only until the next boot.
  writes: () => [ANYTHING],
  owns: () => ['boot:'],
  examples: [
    {
      title: 'If a package or a new kernel wants it',
      beside: 'boot',
      args: {},
      given: 'touch /run/reboot-required; echo linux-base > /run/reboot-required.pkgs',
    },
    {
      title: 'After a change of how the kernel is started',
      beside: 'boot',
      args: { after: ['/etc/default/grub'], timeoutSeconds: 900 },
      given: 'mkdir -p /etc/default; sleep 1; echo GRUB_TIMEOUT=1 > /etc/default/grub',
    },
  ],
})

const SECONDS = 600

/** A moment later, so that the end of this trip is reported before. What a run before has begun is not begun again. */
const RESTART = `systemctl -q is-active mailrun-restart.timer ||
systemd-run --quiet --collect --unit=mailrun-restart --on-active=1 --timer-property=AccuracySec=100ms \\
  systemctl reboot`
