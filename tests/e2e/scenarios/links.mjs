// Links that hold a session, and the frame: a link shows what was done, a hostile one a message, and a frame takes commands
// from its own host alone.
import { assertAccessible, eventually } from '../browser.mjs';
import { Lab } from '../lab.mjs';

const equal = (what, is, should) => {
  const [a, b] = [JSON.stringify(is), JSON.stringify(should)];
  if (a !== b) throw new Error(`${what}: ${a}, not ${b}`);
};


async function shared(open) {
  const lab = await new Lab(await open({ permissions: ['clipboard-read', 'clipboard-write'] })).ready();
  await lab.run('kubectl create ns shared');
  await lab.page.locator('[aria-label="Copy a link to this session"]').click();
  await eventually('the link is there', () => lab.page.evaluate(() => location.hash.startsWith('#v1.')));
  const link = await lab.page.evaluate(() => location.href);
  console.log(`   a link to the first scenario with one line: ${link.length} letters`);
  if (link.length > 2000) throw new Error(`the link has ${link.length} letters`);
  const other = await new Lab(await open({ path: link.slice(link.indexOf('#')) })).ready();
  const said = await other.run('kubectl get ns');
  if (!said.includes('shared')) throw new Error(said);
}

/** Where a page may copy in no way, the link stands selected in a field; so does what the console said. */
async function byHand(open) {
  const prepare = page => page.addInitScript(() => {
    Object.defineProperty(navigator, 'clipboard', { value: { writeText: () => Promise.reject(new Error('no')) } });
    document.execCommand = () => false;
  });
  const { page } = await new Lab(await open({ prepare })).ready();
  const field = page.locator('.copying-text');
  const selected = () => field.evaluate(it => it.value.slice(it.selectionStart, it.selectionEnd));
  await page.locator('[aria-label="Copy a link to this session"]').click();
  await field.waitFor();
  equal('the address is selected', await selected(), await page.evaluate(() => location.href));
  equal('it can be copied by a key', await field.evaluate(it => it === document.activeElement), true);
  await assertAccessible(page);
  await page.keyboard.press('Escape');
  equal('Escape takes it away', await field.count(), 0);
  await new Lab({ page }).run('kubectl get ns default');
  await page.locator('.console').getByRole('button', { name: 'Copy', exact: true }).click();
  await field.waitFor();
  equal('what the console said is selected', /\$ kubectl get ns default\nNAME/.test(await selected()), true);
  equal('and not called copied', await page.locator('.console').getByRole('button', { name: 'Copied' }).count(), 0);
  await page.locator('.copying button').click();
  equal('the button takes it away', await field.count(), 0);
}

async function hostile(open) {
  for (const hash of ['#v1.AAAA', '#v9.AAAA', `#v1.${'A'.repeat(200_000)}`, '#v1.q1YqTi0uzszPU7KqVipLLSrOzM9TslKKrq0FAA']) {
    const opened = await open({ path: hash, expectErrors: true });
    const lab = await new Lab(opened).ready();
    await eventually(`${hash.slice(0, 20)} leads to a message`, async () => (await opened.page.locator('.notice').allInnerTexts()).some(text => text.trim()));
    if (!(await lab.run('kubectl get nodes')).includes('Ready')) throw new Error('the lab does not run');
  }
}

/** A host that allows no script of ours, with the frame in a sandbox or without. */
const outer = (origin, sandbox) => ({
  contentType: 'text/html',
  headers: { 'Content-Security-Policy': `default-src 'none'; frame-src ${origin}; script-src 'unsafe-inline'; img-src data:` },
  body: `<!doctype html><title>Outer</title><link rel="icon" href="data:,">
    <script>window.heard = []; addEventListener('message', event => heard.push(event.data));</script>
    <iframe width="800" height="500" ${sandbox} src="embed.html#scenario=web&lang=ja&panels=console&origin=${encodeURIComponent(origin)}"></iframe>`,
});

async function framed(open, site, sandbox) {
  const origin = new URL(site.url).origin;
  const prepare = async page => {
    if (sandbox) {
      // As a public server of files does, which a sandboxed frame needs.
      await page.route('**/*', async route => {
        const response = await route.fetch();
        await route.fulfill({ response, headers: { ...response.headers(), 'access-control-allow-origin': '*' } });
      });
    }
    await page.route('**/outer.html', route => route.fulfill(outer(origin, sandbox)));
  };
  const { page } = await open({ prepare, path: 'outer.html' });
  await eventually('the frame says that it is ready', () => page.evaluate(() => heard.some(it => it.source === 'statefulset-lab' && it.type === 'ready')), 60_000);
  const ask = message => page.evaluate(message => new Promise(done => {
    addEventListener('message', ({ data }) => data.id === message.id && done(data));
    document.querySelector('iframe').contentWindow.postMessage({ target: 'statefulset-lab', ...message }, '*');
  }), message);
  const answer = await ask({ id: 7, method: 'run', args: ['kubectl get nodes'] });
  if (!answer.result?.output.includes('Ready')) throw new Error(JSON.stringify(answer));
  const lines = await ask({ id: 10, method: 'run', args: 'kubectl get nodes' });
  if (!lines.result?.output.includes('Ready')) throw new Error(`a text is one argument: ${JSON.stringify(lines)}`);
  equal('the moment', typeof (await ask({ id: 11, method: 'now' })).result, 'number');
  equal('the picture', typeof (await ask({ id: 12, method: 'toSVG' })).result, 'string');
  equal('a file', (await ask({ id: 13, method: 'putFile', args: ['a.txt', 'hello'] })).error, undefined);
  equal('the file is there', (await ask({ id: 14, method: 'run', args: 'cat a.txt' })).result?.output, 'hello\n');
  equal('no other method', (await ask({ id: 8, method: 'constructor' })).error.code, 'no-method');
  equal('attributes can be set', (await ask({ id: 9, method: 'set', args: [{ panels: 'picture' }] })).result, null);
}

/** A frame that somebody else has opened takes no command. */
async function strange(open, site) {
  const origin = new URL(site.url).origin;
  const { page } = await open({ prepare: page => page.route('**/outer.html', route => route.fulfill({ ...outer(origin, ''), body: outer(origin, '').body.replace(encodeURIComponent(origin), 'https%3A%2F%2Felsewhere.example') })), path: 'outer.html', expectErrors: true });
  await page.waitForTimeout(3000);
  const hears = await page.evaluate(() => new Promise(done => {
    addEventListener('message', ({ data }) => data.id === 7 && done(true));
    document.querySelector('iframe').contentWindow.postMessage({ target: 'statefulset-lab', id: 7, method: 'run', args: ['true'] }, '*');
    setTimeout(() => done(false), 1000);
  }));
  equal('a strange host is not answered', hears, false);
}

/** Where the server's answer forbids the module, a command is answered with an error. */
async function forbidden(open, site) {
  const origin = new URL(site.url).origin;
  const { page } = await open({ prepare: page => page.route('**/outer.html', route => route.fulfill(outer(origin, 'sandbox="allow-scripts"'))), path: 'outer.html', expectErrors: true });
  await eventually('the frame says why', () => page.evaluate(() => heard.some(it => it.source === 'statefulset-lab' && it.type === 'error')), 30_000);
  const answer = await page.evaluate(() => new Promise(done => {
    addEventListener('message', ({ data }) => data.id === 7 && done(data));
    document.querySelector('iframe').contentWindow.postMessage({ target: 'statefulset-lab', id: 7, method: 'run', args: ['true'] }, '*');
    setTimeout(() => done({}), 5000);
  }));
  equal('a command is answered', answer.error?.code, 'start');
}

export default async function ({ open, site }) {
  await shared(open);
  await byHand(open);
  await hostile(open);
  await framed(open, site, '');
  await framed(open, site, 'sandbox="allow-scripts"');
  await strange(open, site);
  await forbidden(open, site);
}
