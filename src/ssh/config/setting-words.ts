// The settings that `ssh -G` prints, looked up by keyword and typed.
import type { SshSetting } from './ssh-settings.ts'

/** Where no `undefined` is said, the keyword is one that is always printed. */
export interface SettingWords {
  text(keyword: string): string | undefined
  need(keyword: string): string
  /** Whether it is `yes` or `true`. */
  is(keyword: string): boolean
  /** `yes` and `no` for `true` and `false`, too. */
  word<Word extends string>(keyword: string): Word
  number(keyword: string): number
  /** Of a list with commas. */
  names(keyword: string): readonly string[]
  /** Of a keyword that comes once for each value. */
  every(keyword: string): readonly string[]
}

export function settingWords(all: readonly SshSetting[]): SettingWords {
  const byKeyword = new Map(all.map((setting) => [setting.keyword, setting.value]))
  const need = (keyword: string): string => byKeyword.get(keyword)!
  return {
    text: (keyword) => byKeyword.get(keyword),
    need,
    is: (keyword) => ['yes', 'true'].includes(need(keyword)),
    word: <Word extends string>(keyword: string) =>
      need(keyword)
        .replace(/^true$/, 'yes')
        .replace(/^false$/, 'no') as Word,
    number: (keyword) => Number(need(keyword)),
    names: (keyword) =>
      need(keyword)
        .split(',')
        .filter((name) => name !== ''),
    every: (keyword) => all.filter((setting) => setting.keyword === keyword).map(({ value }) => value),
  }
}
