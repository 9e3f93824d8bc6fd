// Tags of a whole role: they are beside those of each task, also once the files of a folder are known.
import * as assert from 'uvu/assert'
import { withTags } from '../../../../src/core/task/with-tags.ts'
import { copy } from '../../../../tasks/copy.ts'
import { file } from '../../../../tasks/file.ts'
import { suite } from '../../../suite.ts'

const test = suite('withTags')

test('all tasks get the tags beside their own, once each', () => {
  const own = file({ path: '/a', content: '', tags: ['one', 'tool'] })
  const tagged = withTags(['tool', 'all-of-it'], [own, false, file({ path: '/b', content: '' })])
  assert.equal(
    tagged.map((task) => task && task.tags),
    [['one', 'tool', 'all-of-it'], false, ['tool', 'all-of-it']],
  )
  assert.equal(own.tags, ['one', 'tool'])
})

test('a folder keeps them once its files are known', () => {
  const [task] = withTags(['www'], [copy({ src: 'files/www/', dest: '/srv/www', tags: ['own'] })])
  assert.equal(task!.folder!.listed([]).tags, ['own', 'www'])
})

test.run()
