// The editor: problems at their places, completion, help, indentation, a way out by keyboard, files, Japanese input.
import { eventually } from '../browser.mjs';
import { Lab, PARTS, manifest } from '../lab.mjs';

const equal = (what, is, should) => { if (is !== should) throw new Error(`${what}: ${JSON.stringify(is)}, not ${JSON.stringify(should)}`); };

export default async function ({ open }) {
  const { page } = await new Lab(await open()).ready();
  const editor = page.locator(PARTS.editor);
  const value = () => editor.inputValue();

  // A typo is marked at its place, and the list moves the cursor there.
  await editor.fill((await manifest('web')).replace('replicas: 3', 'replica: 3'));
  const problem = page.locator('.problem').first();
  await problem.waitFor();
  const said = await problem.innerText();
  if (!/unknown field "spec\.replica"/.test(said) || !/did you mean `replicas`/.test(said)) throw new Error(`the problem says: ${said}`);
  await problem.click();
  equal('selected', await editor.evaluate(it => it.value.slice(it.selectionStart, it.selectionEnd)), 'replica');
  equal('invalid', await editor.getAttribute('aria-invalid'), 'true');
  await page.locator('.y-bad').first().waitFor();

  // Completion by the schema; the help under the editor follows the cursor.
  await editor.fill('apiVersion: apps/v1\nkind: StatefulSet\nspec:\n  ');
  await editor.press('Control+End');
  await editor.pressSequentially('podM');
  await editor.press('Control+Space');
  await page.locator('.editor .popup').waitFor();
  await editor.press('Enter');
  equal('completed', (await value()).split('\n').at(-1), '  podManagementPolicy: ');
  await editor.press('Control+Space');
  await page.locator('.editor .popup').waitFor();
  await editor.press('ArrowDown');
  await editor.press('Tab');
  equal('completed', (await value()).split('\n').at(-1), '  podManagementPolicy: Parallel');
  await eventually('the help', async () => /one pod after the other/.test(await page.locator('.editor-doc').innerText()));

  // Enter keeps the indentation, Tab indents once something was typed, Escape and Tab leave.
  await editor.press('Enter');
  await editor.pressSequentially('template:');
  await editor.press('Enter');
  await editor.press('Tab');
  await editor.pressSequentially('x');
  equal('indented', (await value()).split('\n').at(-1), '      x');
  await editor.press('Escape');
  await editor.press('Tab');
  equal('left', await editor.evaluate(it => document.activeElement === it), false);
  await editor.press('Control+z');

  // A Japanese composition is left alone until it ends.
  await editor.fill('# ');
  await editor.press('Control+End');
  const session = await page.context().newCDPSession(page);
  await session.send('Input.imeSetComposition', { text: 'にほ', selectionStart: 2, selectionEnd: 2 });
  await session.send('Input.imeSetComposition', { text: '日本', selectionStart: 2, selectionEnd: 2 });
  await session.send('Input.insertText', { text: '日本' });
  equal('composed', await value(), '# 日本');
  equal('painted', (await page.locator('.paint').textContent()).trim(), '# 日本');

  // A file that is dropped or pasted is opened; one that is too long is refused.
  const drop = (text, type) => editor.evaluate((area, [text, type]) => {
    const data = new DataTransfer();
    data.items.add(new File([text], 'mine.yaml', { type: 'text/yaml' }));
    const event = type === 'paste' ? new ClipboardEvent(type, { clipboardData: data, bubbles: true, cancelable: true })
      : new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true });
    area.dispatchEvent(event);
  }, [text, type]);
  await drop('kind: Dropped\n', 'drop');
  await eventually('the dropped file', async () => await value() === 'kind: Dropped\n');
  await drop('kind: Pasted\n', 'paste');
  await eventually('the pasted file', async () => await value() === 'kind: Pasted\n');
  await drop('x'.repeat(10_000_000), 'drop');
  await eventually('the refusal', async () => /10\.0 MB/.test(await page.locator('.editor-message').innerText()));
  equal('untouched', await value(), 'kind: Pasted\n');

  // `kubectl edit` opens the object; saving it answers the command, closing the tab cancels it.
  const { page: other } = await open();
  const lab2 = await new Lab({ page: other, faults: [] }).ready();
  const area = other.locator(PARTS.editor);
  const edit = async () => {
    await lab2.run('kubectl edit sts web', { waits: false });
    await eventually('the object is open', async () => /^kind: StatefulSet$/m.test(await area.inputValue()));
  };
  const says = pattern => async () => pattern.test(await other.locator(PARTS.consoleLog).innerText());
  await edit();
  // What is typed next goes into the text.
  await other.keyboard.type('# typed by hand\n');
  await eventually('it is typed', async () => /^# typed by hand\n/.test(await area.inputValue()));
  await area.fill((await area.inputValue()).replace('replicas: 3', 'replicas: 4'));
  await area.press('Control+Enter');
  await eventually('it is edited', says(/statefulset\.apps\/web edited/));
  await eventually('the prompt has the focus', () => other.locator(PARTS.consoleInput).evaluate(it => it === document.activeElement));
  await eventually('the manifest is back', async () => await other.locator('.file').count() === 0);
  await edit();
  await other.locator('.file').last().getByRole('button', { name: /Close/ }).click();
  await eventually('nothing was changed', says(/Edit cancelled, no changes made\./));
  // What is refused is opened again with the reason above it.
  await edit();
  await area.fill((await area.inputValue()).replace('serviceName: nginx', 'serviceName: other'));
  await area.press('Control+Enter');
  await eventually('the reason stands above', async () => /Forbidden: updates to statefulset spec/.test(await area.inputValue()));
  equal('one tab', await other.locator('.file').count(), 2);
  await other.locator(PARTS.consoleInput).press('Control+c');
  await eventually('Ctrl-C closes it', async () => await other.locator('.file').count() === 0);
  // A field that no update may change is marked before anybody applies it.
  const before = await area.inputValue();
  await area.fill(before.replace(/serviceName: .*/, 'serviceName: other'));
  await eventually('the field is marked', async () => (await other.locator('.problem').allInnerTexts()).some(it => it.includes('`serviceName` of the StatefulSet `web`')));
  await area.fill(before);
  // What an Apply would lead to.
  await other.getByRole('button', { name: 'Plan', exact: true }).click();
  await eventually('the plan', async () => /Applied now, this would settle/.test(await other.locator('.plan').innerText()));
}
