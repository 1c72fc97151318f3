// The page, and a lab as an element beside it, in Chromium and in Firefox: the same lines get the same answers.
// Puppeteer drives both. Where there is no Firefox, that half is skipped and said so.
import { existsSync } from 'node:fs';
import { eventually, require } from '../browser.mjs';

const BROWSERS = [
  { browser: 'chrome', executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] },
  { browser: 'firefox', executablePath: process.env.FIREFOX || '/usr/bin/firefox-esr' },
];
const LINES = ['kubectl get nodes', 'kubectl get sts', 'kubectl get pvc', 'kubectl explain sts.spec.replicas'];

/** Types a line into the page's console and returns all that the console says after it. */
async function run(page, line) {
  const log = () => page.$eval('.console [role="log"]', it => it.textContent.replace(/\u200b/g, ''));
  const before = (await log()).length;
  const input = await page.$('.console-input');
  await input.focus();
  await page.keyboard.type(line);
  await page.keyboard.press('Enter');
  return eventually(`\`${line}\` is answered`, async () => {
    const said = (await log()).slice(before);
    return said.length > line.length + 20 && said;
  });
}

/** Ages differ by how fast a browser is. */
const withoutAges = text => text.replace(/ +(\d+h)?(\d+m)?\d+s/g, ' AGE').replace(/ +/g, ' ');

async function play(site, options) {
  const { default: puppeteer } = await import(require.resolve('puppeteer-core'));
  const browser = await puppeteer.launch({ headless: true, ...options });
  try {
    const page = await browser.newPage();
    // The size is set beside the way the screen is held, which not every Firefox takes orders for.
    await page.setViewport({ width: 1280, height: 800 }).catch(error => { if (!/unknown command/.test(error.message)) throw error; });
    const faults = [];
    page.on('console', message => { if (message.type() === 'error') faults.push(message.text()); });
    page.on('pageerror', error => faults.push(`uncaught: ${error.message}`));
    await page.goto(`${site.url}?scenario=web&lang=en`);
    await page.waitForSelector('.console-input', { timeout: 60_000 });
    // Three pods are there before anything is asked, so that the answers do not depend on the moment.
    await eventually('three pods are drawn', () => page.$$eval('.picture svg.scene', all => /web-2/.test(all.map(it => it.textContent).join())), 60_000);
    await eventually('the set is as asked', async () => /web +3\/3/.test(await run(page, 'kubectl get sts')), 60_000);
    const said = [];
    for (const line of LINES) said.push(withoutAges(await run(page, line)));

    // Editing and applying by keyboard.
    await page.$eval('.editor textarea', area => area.focus());
    await page.$eval('.editor textarea', area => {
      const at = area.value.indexOf('replicas: 3') + 'replicas: '.length;
      area.setSelectionRange(at, at + 1);
    });
    await page.keyboard.type('4');
    await page.keyboard.down('Control');
    await page.keyboard.press('Enter');
    await page.keyboard.up('Control');
    await eventually('the fourth pod runs', async () => /web-3 +1\/1 +Running/.test(await run(page, 'kubectl get pods')), 60_000);

    // A lab of its own in the same page.
    const answer = await page.evaluate(async () => {
      await import(new URL('statefulset-lab.js', location.href).href);
      const element = document.createElement('statefulset-lab');
      element.setAttribute('loading', 'eager');
      element.setAttribute('height', '400px');
      document.body.append(element);
      await new Promise((resolve, reject) => {
        element.addEventListener('ready', resolve, { once: true });
        element.addEventListener('error', event => reject(event.detail), { once: true });
      });
      const { output } = await element.run('kubectl get nodes -o name');
      element.remove();
      return output;
    });
    said.push(String(answer));
    if (faults.length) throw new Error(`${options.browser} is not quiet:\n  ${faults.join('\n  ')}`);
    return said;
  } finally {
    await browser.close();
  }
}

export default async function ({ site }) {
  const answers = [];
  for (const options of BROWSERS) {
    if (existsSync(options.executablePath)) answers.push([options.browser, await play(site, options)]);
    else console.log(`e2e: ${options.browser} skipped: there is no ${options.executablePath}`);
  }
  const [[, first], ...others] = answers;
  for (const [name, said] of others) {
    for (const [at, text] of said.entries()) {
      if (text !== first[at]) throw new Error(`${name} says\n${text}\nand not\n${first[at]}`);
    }
  }
}
