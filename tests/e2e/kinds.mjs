// What the page's scripts take the blocks of kinds.md for, before the lab's module is there: node --test tests/e2e/kinds.mjs
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { contentOf, isOutput } from '../../www/block-kinds.js';
import { readKinds } from './read-kinds.mjs';

test('each block is what its page says', async () => {
  const blocks = readKinds(await readFile(new URL('../tutorials/kinds.md', import.meta.url), 'utf8'));
  assert.ok(blocks.length > 200);
  let above = null;
  for (const { line, language, is, typed, title, text, between } of blocks) {
    const { kind, turns } = contentOf(text, language);
    const spoken = [...(between ?? '').matchAll(/`([^`\s]+\.ya?ml)`/g)].at(-1)?.[1];
    const name = title.endsWith('.yaml') ? title : spoken ?? /^# *(\S+\.ya?ml)\n/.exec(text)?.[1] ?? null;
    const below = { language, title, text, kind, turns, name };
    const isPrinted = above !== null && isOutput(above, below, between);
    assert.equal(`${line}: ${isPrinted ? 'output' : kind ?? 'text'} ${isPrinted ? 0 : turns.length}`, `${line}: ${is} ${typed}`);
    above = below;
  }
});
