// Two terminals as tabs, files in the editor's tabs, long output, and the console's height by mouse and keyboard.
import { eventually } from '../browser.mjs';
import { Lab, PARTS } from '../lab.mjs';

export default async function ({ open }) {
  const opened = await open({ path: '?scenario=web' });
  const { page } = opened;
  const lab = await new Lab(opened).ready();
  await lab.fastest();
  const log = () => page.locator(PARTS.consoleLog).innerText();
  const says = (what, text) => eventually(what, async () => (await log()).includes(text), 30_000);
  await lab.until('kubectl get pods', /web-2 +1\/1/);

  // A watch in the first, a deletion in the second.
  await lab.run('kubectl get pods -w', { waits: false });
  const input = page.locator(PARTS.consoleInput);
  await input.pressSequentially('half a li');
  await page.locator('.terminals [aria-label="Open another terminal"]').click();
  if (await input.inputValue() !== '') throw new Error('the other terminal has the line of the first');
  await lab.run('kubectl delete pod web-1');
  await page.locator('.terminals .file-name', { hasText: 'Terminal 1' }).click();
  await says('the watch saw the deletion', 'Terminating');
  if (await input.inputValue() !== 'half a li') throw new Error('the line that was begun is lost');
  await page.locator('.console .button', { hasText: 'Ctrl+C' }).click();
  await input.fill('');
  await page.keyboard.press('ArrowUp');
  if (await input.inputValue() !== 'kubectl get pods -w') throw new Error('a terminal has its own history');
  await input.fill('');

  // Side by side: what was begun stays, each takes its own lines, and both stand there after a reload.
  await input.pressSequentially('kubectl get no');
  await page.locator('[aria-label="Terminals side by side"]').click();
  const panes = page.locator('.consoles > .console');
  await eventually('both are seen', async () => await panes.count() === 2);
  const lines = panes.locator('.console-input');
  if (await lines.first().inputValue() !== 'kubectl get no') throw new Error('the line that was begun is lost');
  await lines.nth(1).click();
  await page.keyboard.type('kubectl get sts');
  await page.keyboard.press('Enter');
  await eventually('the second answers', async () => /READY/.test(await panes.nth(1).locator('[role="log"]').innerText()));
  if (await lines.first().inputValue() !== 'kubectl get no') throw new Error('the second took the line of the first');
  await page.waitForTimeout(1000);
  await page.reload();
  await eventually('both are there after a reload', async () => await panes.count() === 2, 30_000);
  await panes.last().locator('[aria-label="Terminals side by side"]').click();
  await eventually('they are tabs again', async () => await panes.count() === 0);
  await page.locator('.terminals .file-name', { hasText: 'Terminal 1' }).click();
  await input.fill('');

  // Both are there after a reload.
  await page.waitForTimeout(1000);
  await page.reload();
  await lab.ready();
  await page.locator('.terminals .file-name', { hasText: 'Terminal 2' }).click();
  await says('the second terminal is there', 'kubectl delete pod web-1');
  await page.locator('.terminals [aria-label="Close Terminal 2"]').click();
  await eventually('it closes', async () => await page.locator('.terminals .file').count() === 0);

  // A file of the console in a tab of the editor: what is changed there is applied.
  await lab.run('cat > web.yaml <<EOF', { waits: false });
  for (const line of ['kind: ConfigMap', 'apiVersion: v1', 'metadata: {name: one}']) await lab.run(line, { waits: false });
  await lab.run('EOF');
  await lab.run('vi web.yaml');
  await page.locator('.file-active .file-name', { hasText: 'web.yaml' }).waitFor();
  const editor = page.locator(PARTS.editor);
  await eventually('the file is in the editor', async () => (await editor.inputValue()).includes('name: one'));
  await page.keyboard.type('# mine\n');
  await eventually('what is typed goes into the file', async () => (await editor.inputValue()).startsWith('# mine\n'));
  await editor.fill((await editor.inputValue()).replace('one', 'two'));
  const said = await lab.run('kubectl apply -f web.yaml');
  if (!said.includes('configmap/two created')) throw new Error(said);
  await page.locator('.chip', { hasText: 'applied' }).waitFor();
  await lab.run('kubectl delete cm two');
  await page.locator('.chip-button', { hasText: 'deleted' }).click();
  await page.locator('.diff', { hasText: 'not in the cluster yet' }).waitFor();
  await page.locator('[aria-label="Close web.yaml"]').click();

  // kubectl edit asks before what was changed is dropped.
  await lab.run('kubectl edit sts web', { waits: false });
  await editor.fill((await editor.inputValue()).replace('replicas: 3', 'replicas: 2'));
  await page.locator('.file-active .tool').click();
  await page.locator('.editor-question').waitFor();
  await page.locator('.editor-question .button', { hasText: 'Save' }).click();
  await says('it is saved', 'statefulset.apps/web edited');

  // Long output is folded.
  await lab.run('kubectl get sts web -o yaml; kubectl get sts web -o yaml');
  await lab.run('seq 1 100');
  const fold = page.locator('.fold').last();
  if (!(await fold.innerText()).includes('60 more lines')) throw new Error(await fold.innerText());
  await fold.click();
  await says('all is there', '\n100');

  // The console's height: most of the page, by keyboard and mouse.
  const bar = page.locator('.splitter:not(.splitter-upright, .splitter-lesson)');
  const height = () => page.locator('.console').evaluate(it => it.clientHeight);
  await bar.focus();
  await page.keyboard.press('End');
  await eventually('End makes it as high as it gets', async () => await height() > 600);
  const picture = await page.locator('.time').boundingBox();
  if (!picture || picture.y < 48) throw new Error('the time controls have gone');
  await page.keyboard.press('Home');
  await eventually('Home makes it low', async () => await height() < 120);
  const box = await bar.boundingBox();
  await page.mouse.move(box.x + 200, box.y + 2);
  await page.mouse.down();
  await page.mouse.move(box.x + 200, box.y - 300, { steps: 5 });
  await page.mouse.up();
  await eventually('it is dragged', async () => await height() > 350);
}
