#!/bin/sh
# @tryfabric/mack 1.2.1 (npm; Markdown to Slack's blocks): of a list item only its first paragraph comes through. The commands
# of a step, fenced below it as runbooks have them, its second paragraph and the steps nested in it are left out, without an
# error or a trace in the message: what people read in the channel looks like a whole runbook. Its README lists lists and code
# blocks as supported and knows limits of block quotes only. Besides, each character that CommonMark (0.31, section 2.4) lets a
# backslash escape goes with its backslash, so the metric up\_total becomes uptotal.
# markdown-to-slack-blocks 1.5.0 keeps nested steps and escapes, and drops a step's commands as well, and each link whose address
# stands elsewhere in the page, text and all. slackify-markdown 5.0.0 keeps all of these, so three that read one runbook post
# three different ones.
#
# Seen: for each piece whether its text is still in what is sent, see the end of this file.
# Exits 0 while that is so, 1 when one of them does otherwise, 2 when they cannot be installed. Needs node and npm; works in a
# temporary folder.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --no-audit --no-fund @tryfabric/mack@1.2.1 markdown-to-slack-blocks@1.5.0 slackify-markdown@5.0.0 \
	>npm.log 2>&1 || { tail -5 npm.log >&2; exit 2; }
cat >pieces.mjs <<'JS'
import mack from '@tryfabric/mack';
import * as blocks from 'markdown-to-slack-blocks';
import * as slackify from 'slackify-markdown';
const own = (module, name) => module[name] ?? module.default[name];
const fence = '```';
const pieces = {
  'step': ['1. Drain_it\n2. Wait\n', 'Drain_it'],
  'step, commands': [`1. Drain it:\n\n   ${fence}\n   kubectl drain\n   ${fence}\n2. Wait\n`, 'kubectl drain'],
  'step, second paragraph': ['1. Drain it.\n\n   Only at night.\n2. Wait\n', 'Only at night'],
  'step, nested step': ['1. Drain it\n   - cordon first\n2. Wait\n', 'cordon first'],
  'escaped underscore': ['The rate of up\\_total.\n', 'up_total'],
  'link by reference': ['See [the dashboard][d].\n\n[d]: https://grafana.example/d/1\n', 'the dashboard'],
};
const tools = {
  'mack': (text) => mack.markdownToBlocks(text),
  'markdown-to-slack-blocks': own(blocks, 'markdownToBlocks'),
  'slackify-markdown': own(slackify, 'slackifyMarkdown'),
};
for (const [tool, convert] of Object.entries(tools)) {
  const kept = [], lost = [];
  for (const [piece, [text, words]] of Object.entries(pieces))
    (JSON.stringify(await convert(text)).includes(words) ? kept : lost).push(piece);
  console.log(`${tool} keeps: ${kept.join('; ')}\n${tool} loses: ${lost.join('; ') || 'nothing'}`);
}
JS
node pieces.mjs | tee seen
cat >expected <<'E'
mack keeps: step; link by reference
mack loses: step, commands; step, second paragraph; step, nested step; escaped underscore
markdown-to-slack-blocks keeps: step; step, second paragraph; step, nested step; escaped underscore
markdown-to-slack-blocks loses: step, commands; link by reference
slackify-markdown keeps: step; step, commands; step, second paragraph; step, nested step; escaped underscore; link by reference
slackify-markdown loses: nothing
E
cmp seen expected
