// The page as its user sees it: type a line, read the answer, apply a manifest, choose a pace. The one place of selectors.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually, root } from './browser.mjs';

/** What the page promises to the tests. */
export const PARTS = {
  consoleInput: '.console-input',
  consoleLog: '.console [role="log"]',
  consolePrompt: '.console-line .prompt',
  editor: '.editor textarea',
  picture: '.picture svg.scene',
  speed: '.controls select.select',
  /** A button by its key: Space, U, R, N, `.` or `,`. */
  tool: key => `.controls [aria-keyshortcuts="${key}"]`,
};

/** The paces by their index in the list: 0.25, 0.5, 1, 2, 4, 8 and 16 times real time. */
export const SPEEDS = [0.25, 0.5, 1, 2, 4, 8, 16];

/** A manifest of www/scenarios. */
export const manifest = name => readFile(join(root, 'www/scenarios', `${name}.yaml`), 'utf8');

/** The set called web with `replicas` pods that need not wait for each other. */
export const crowd = async replicas =>
  (await manifest('web')).replace('replicas: 3', `replicas: ${replicas}\n  podManagementPolicy: Parallel`);

/** Makes the code of one lab panic: its console's log takes no more lines, and Yew does not expect that. */
export async function panic(root) {
  await root.locator('.console-log').evaluate(log => {
    log.insertBefore = () => { throw new Error('no room'); };
    log.appendChild = log.insertBefore;
    const input = log.closest('.lab').querySelector('.console-input');
    input.value = 'kubectl get nodes';
    input.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
  });
}

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

  /** What was typed last, and what the console has said since. */
  async last() {
    return this.page.locator(PARTS.consoleLog).evaluate(log => {
      const typed = [...log.querySelectorAll('.typed')];
      const last = typed.at(-1);
      const lines = [...log.querySelectorAll('.line')]
        .filter(line => !last || last.compareDocumentPosition(line) & Node.DOCUMENT_POSITION_FOLLOWING);
      const text = line => line.textContent.replace(/\u200b/g, '');
      return { typed: last ? text(last) : '', count: typed.length, said: lines.map(line => `${text(line)}\n`).join('') };
    });
  }

  /** Types a line with the keyboard, waits until the console takes lines again, and returns what it said. */
  async run(line, { timeout = 60_000, waits = true } = {}) {
    const input = this.page.locator(PARTS.consoleInput);
    const { count } = await this.last();
    await input.focus();
    await input.pressSequentially(line);
    await input.press('Enter');
    await eventually(`the console took \`${line}\``, async () => {
      const { typed, count: now } = await this.last();
      return typed.endsWith(line) && now !== count;
    }, 5_000);
    if (waits) {
      const prompt = this.page.locator(`${PARTS.consolePrompt} >> nth=0`);
      await eventually(`\`${line}\` ended`, async () => /[$#>:] ?$/.test(await prompt.innerText()), timeout);
    }
    return (await this.last()).said;
  }

  /** Runs a line again and again until its answer passes `test`; returns that answer. */
  async until(line, test, timeout = 60_000) {
    let said;
    return eventually(`\`${line}\` shows ${test}`, async () => {
      said = await this.run(line);
      if (test instanceof RegExp ? test.test(said) : test(said)) return said;
      await this.page.waitForTimeout(300);
      return null;
    }, timeout).catch(error => { throw new Error(`${error.message}, but:\n${said}`); });
  }

  /** Puts a text into the editor and applies it with the keyboard. */
  async apply(text) {
    const editor = this.page.locator(PARTS.editor);
    await editor.fill(text);
    await editor.press('Control+Enter');
  }

  /** Puts a long text into the editor at once: to type it, the browser would need longer than the page. */
  async paste(text) {
    await this.page.locator(PARTS.editor).evaluate((editor, text) => {
      editor.focus();
      editor.value = text;
      editor.dispatchEvent(new InputEvent('input', { bubbles: true, inputType: 'insertFromPaste' }));
    }, text);
  }

  /** Replaces the set by one with `replicas` pods that need not wait for each other. */
  async crowd(replicas) {
    await this.run('kubectl delete sts web');
    await this.until('kubectl get pods', text => !text.includes('web-'));
    await this.apply(await crowd(replicas));
  }

  /**
   * Drags the slider to `count` moments all over the branch and returns, for each, how long the page worked until the
   * picture of that moment was in the document, in milliseconds. It ends where it began.
   */
  async seekTimes(count = 20, stride = 7) {
    return this.page.locator('.tl-slider').evaluate(async (slider, { count, stride }) => {
      const end = Number(slider.value);
      const times = [];
      for (let at = 0; at < count; at += 1) {
        await new Promise(resolve => requestAnimationFrame(() => setTimeout(resolve, 0)));
        const from = performance.now();
        slider.value = String(Math.round(end * ((at * stride) % count) / count));
        slider.dispatchEvent(new InputEvent('input', { bubbles: true }));
        // The page renders in microtasks, which are all done before the next task.
        await new Promise(resolve => { const { port1, port2 } = new MessageChannel(); port1.onmessage = resolve; port2.postMessage(0); });
        times.push(performance.now() - from);
      }
      slider.value = String(end);
      slider.dispatchEvent(new InputEvent('input', { bubbles: true }));
      return times;
    }, { count, stride });
  }

  /** Lets virtual time go `speed` times as fast as real time. */
  async pace(speed) {
    await this.page.locator(PARTS.speed).first().selectOption(String(SPEEDS.indexOf(speed)));
  }

  async fastest() {
    await this.pace(16);
  }

  /** Presses a button of the controls by its key. */
  async press(key) {
    await this.page.locator(PARTS.tool(key)).click();
  }

  /** Lets real time pass. */
  async wait(ms) {
    await this.page.waitForTimeout(ms);
  }
}
