// The page as its user sees it: type a line, read the answer, apply a manifest, choose a pace. The one place of selectors.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually, root } from './browser.mjs';

/** What the page promises to the tests. */
export const PARTS = {
  consoleInput: '.console input',
  consoleLog: '.console [role="log"]',
  editor: '.editor textarea',
  picture: '.picture svg',
};

/** A manifest of tests/e2e/manifests. */
export const manifest = name => readFile(join(root, 'tests/e2e/manifests', `${name}.yaml`), 'utf8');

/** A session in the page that `open` returned. */
export class Lab {
  constructor(opened) {
    this.page = opened.page;
    this.faults = opened.faults;
  }

  /** Waits for the page to be alive. */
  async ready() {
    await this.page.waitForSelector(PARTS.consoleInput, { state: 'attached' });
    return this;
  }

  /** Everything that stands in the console. */
  async log() {
    return this.page.locator(PARTS.consoleLog).innerText();
  }

  /** Types a line with the keyboard and returns what the console added. */
  async run(line, { settle = 150 } = {}) {
    const input = this.page.locator(PARTS.consoleInput);
    const before = (await this.log()).length;
    await input.fill('');
    await input.pressSequentially(line);
    await input.press('Escape');
    await input.press('Enter');
    await eventually(`the console took \`${line}\``, async () => (await this.log()).length > before);
    await this.page.waitForTimeout(settle);
    return (await this.log()).slice(before);
  }

  /** Runs a line again and again until its answer passes `test`; returns that answer. */
  async until(line, test, timeout = 60_000) {
    return eventually(`\`${line}\` shows ${test}`, async () => {
      const said = await this.run(line);
      if (test instanceof RegExp ? test.test(said) : test(said)) return said;
      await this.page.waitForTimeout(300);
      return null;
    }, timeout);
  }

  /** Puts a text into the editor as typing would, and applies it with the keyboard. */
  async apply(text) {
    const editor = this.page.locator(PARTS.editor);
    await editor.fill(text);
    await editor.press('Control+Enter');
  }

  /** Lets real time pass. */
  async wait(ms) {
    await this.page.waitForTimeout(ms);
  }
}
