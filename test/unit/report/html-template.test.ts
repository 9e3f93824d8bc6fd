// Templates of pages: what is printed stays text, and a template that prints where escaping does not help is refused.
import * as assert from 'uvu/assert'
import { htmlFrom, unsafePlaces } from '../../../src/report/write/html.ts'
import { suite } from '../../suite.ts'
import { repositoryFiles, textOf } from '../house/repository.ts'

const test = suite('report/html-template')

const PAGES = repositoryFiles().filter((path) => /^templates\/.*\.html\.ejs$/.test(path))

test("the package's pages print nothing unescaped, and only where escaping helps", () => {
  assert.equal(PAGES, ['templates/audit.html.ejs'])
  for (const path of PAGES) assert.equal(unsafePlaces(textOf(path)), [], path)
})

for (const safe of [
  '<b><%= host %></b>',
  '<b class="<%= look %>" title="a <%= host %> b <%= host %>"><%= host %></b>',
  '<a href="#finding-<%= number %>">x</a>',
  '<style>b{color:red}</style><b><%= host %></b>',
  '<title><%= host %></title>',
  '<% if (a < b && c > d) { %><b><%= host %></b><% } %>',
])
  test(`safe: ${safe}`, () => assert.equal(unsafePlaces(safe), []))

for (const unsafe of [
  '<b><%- host %></b>',
  '<b class=<%= look %>>x</b>',
  "<b class='<%= look %>'>x</b>",
  '<b <%= look %>="x">y</b>',
  '<<%= host %>>',
  '</<%= host %>>',
  '<b class="x" <%= host %>>x</b>',
  '<a href="<%= host %>">x</a>',
  '<img src="<%= host %>">',
  '<b style="color:<%= host %>">x</b>',
  '<b onclick="f(\'<%= host %>\')">x</b>',
  '<script>let host = "<%= host %>"</script>',
  '<style>b{color:<%= host %>}</style>',
  '<!-- <%= host %> -->',
])
  test(`refused: ${unsafe}`, () => assert.ok(unsafePlaces(unsafe).length > 0))

test('a name that is mistyped is reported with its line, and is no gap in a page', () => {
  assert.throws(() => htmlFrom('audit.html.ejs', {}), /mailrun is not defined/)
})

test.run()
