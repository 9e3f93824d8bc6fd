// Asks which boot of the host this is.
import { utf8 } from '../../core/probe/answer.ts'
import { defineProbe, ProbeError, type Probe } from '../../core/probe/probe.ts'
import { END, whole } from '../../core/probe/whole.ts'
import { raw } from '../../shell/script.ts'
import type { Untrusted } from '../../shell/untrusted.ts'

/**
 * Shell text that sets `boot` to a word for this boot, and `booted` to its time in seconds since 1970. By the kernel's
 * random word and the time at which the first process began: in a container the kernel's alone may be the machine's.
 */
export const SET_BOOT = `boot_ticks=$(sed 's/.*) //' /proc/1/stat | cut -d ' ' -f 20)
boot=$(cat /proc/sys/kernel/random/boot_id)-$boot_ticks
booted=$(( $(sed -n 's/^btime //p' /proc/stat) + boot_ticks / $(getconf CLK_TCK) ))`

export const bootProbe: Probe<string> = defineProbe<string>({
  key: 'boot',
  reads: [],
  script: raw(`${SET_BOOT}
printf '%s' "$boot"
${END}`),
  parse: (answer) => bootOf(utf8(whole(answer, 'which boot this is cannot be asked for'))),
  foresee: (state) => state,
})

/** @throws ProbeError for what is no word of {@link SET_BOOT}. */
export function bootOf(word: Untrusted): string {
  if (!/^[0-9a-f-]{36}-\d+$/.test(word)) throw new ProbeError('which boot this is cannot be read')
  return word
}
