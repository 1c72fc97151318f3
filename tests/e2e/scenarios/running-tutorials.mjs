// Somebody's tutorial runs in his page: blocks of all kinds are found, what differs or fails is marked, blocks above are
// offered first, and the small picture stays out of the text.
import { assertAccessible, eventually } from '../browser.mjs';
import { readFile } from 'node:fs/promises';
import { equal } from '../host.mjs';
import { readKinds } from '../read-kinds.mjs';

const pre = (text, language = '', more = '') =>
  `<pre ${more}><code class="language-${language}">${text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</code></pre>`;
const SET = `apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: web
spec:
  serviceName: nginx
  replicas: 2
  selector:
    matchLabels: {app: nginx}
  template:
    metadata:
      labels: {app: nginx}
    spec:
      containers:
      - name: nginx
        image: nginx:1.27
`;

/** The page; each block's number is its place among those that can be run. */
const BODY = `<main lang="en"><h1>Tutorial</h1>
<p>Save this as <code>web.yaml</code>:</p>
${pre(SET, 'yaml')}
<p>Apply it:</p>
${pre('PS C:\\Users\\me> kubectl apply -f web.yaml\nstatefulset.apps/web created', 'powershell')}
<p>Commands, and their output in a block of its own:</p>
${pre('kubectl get sts\nkubectl get pods', 'shell')}
<p>The output is similar to:</p>
${pre('NAME   READY   AGE\nweb    2/2     30s\nNAME    READY   STATUS    RESTARTS   AGE\nweb-0   1/1     Running   0          30s\nweb-1   1/1     Running   0          20s')}
<p>It cannot be deleted:</p>
${pre('$ kubectl delete pod web-9', 'console')}
<p>A printed line that is another:</p>
${pre('> kubectl get sts\nNAME   READY   AGE\nweb    2/3     30s')}
<p>Inside of a container:</p>
${pre('$ kubectl exec -it web-0 -- bash\nroot@web-0:/# hostname\nweb-0\nroot@web-0:/# exit\nexit')}
<p>In another terminal:</p>
${pre('kubectl get pods --watch', 'shell')}
<p>Here:</p>
${pre('kubectl delete pod web-1', 'shell')}
${pre('pod "web-1" deleted')}
<p>The other terminal has told:</p>
${pre('# it runs already\nkubectl get pod -w', 'shell')}
${pre('NAME    READY   STATUS              RESTARTS   AGE\nweb-1   1/1     Terminating         0          2m\nweb-1   0/1     Pending             0          0s\nweb-1   0/1     ContainerCreating   0          0s\nweb-1   1/1     Running             0          2s')}
<p>By itself:</p>
${pre('$ minikube status\n...', 'console', 'data-depends-on="none"')}
<p>No commands of ours:</p>
${pre('$ npm install', 'console')}
</main>`;

const page = body => `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Host</title><link rel="icon" href="icon.svg"><link rel="stylesheet" href="host.css"><script type="module" src="statefulset-run.js"></script></head><body>${body}</body></html>`;
const STYLE = 'body { margin: 8px; font: 15px/1.5 sans-serif } main { max-width: 760px; margin-inline: auto } pre { padding: 8px; overflow: auto; background: #f2f2f2 } [data-theme=dark] pre { background: #222 } [data-theme=dark] { background: #111; color: #eee }';

async function host(open, { text = BODY, ...options } = {}, policy = undefined) {
  const prepare = async page_ => {
    for (const [name, contentType, body] of [['host.html', 'text/html', page(text)], ['host.css', 'text/css', STYLE]]) {
      await page_.route(`**/${name}`, async route => {
        const answer = await page_.request.head(new URL('index.html', route.request().url()).href);
        await route.fulfill({ contentType, body, headers: { 'Content-Security-Policy': policy ?? answer.headers()['content-security-policy'] } });
      });
    }
  };
  return open({ path: 'host.html', prepare, ...options });
}

const runs = page => page.locator('statefulset-run');

/** Presses a block's button, and the one that runs those above first if `first`; returns what is shown when it is done. */
async function play(page, at, first = /Run them first/) {
  const block = runs(page).nth(at);
  await block.locator('.main').first().click();
  if (first) {
    const button = block.locator('button', { hasText: first });
    if (await button.isVisible().catch(() => false)) await button.click();
  }
  await eventually(`block ${at + 1} is answered`, async () => await block.locator('.verdict').count() && !await block.locator('.main').first().isDisabled(), 60_000);
  return block;
}

const said = block => block.locator('.said').innerText();
const isMarked = block => block.locator('.said.differs').count().then(count => count > 0);

async function fromTopToBottom(open) {
  const { page } = await host(open);
  await eventually('ten blocks can be run', async () => await runs(page).count() === 10);
  equal('the small picture stands beside the text', await page.locator('statefulset-dock').getAttribute('data-place'), 'margin');

  // A block that is run before those above it asks first, and can be left alone.
  const third = runs(page).nth(2);
  await third.locator('.main').click();
  equal('it asks', /2 blocks above/.test(await third.locator('.ask').innerText()), true);
  await third.locator('button', { hasText: 'Cancel' }).click();
  equal('and nothing has run', await page.locator('.said').count(), 0);
  await play(page, 2);
  equal('what is above it was run', await page.locator('statefulset-run .said').count(), 3);
  equal('as printed', await isMarked(third), false);
  equal('it says so', /As printed/.test(await said(third)), true);
  // The answer stands below what the author printed.
  equal('below the output', await third.evaluate(it => it.previousElementSibling.textContent.startsWith('NAME')), true);

  const failed = await play(page, 3);
  equal('a failed command is marked', await isMarked(failed), true);
  equal('with its words', /pods "web-9" not found/.test(await failed.locator('.other').innerText()), true);
  equal('and said', /A command failed/.test(await failed.locator('.verdict').innerText()), true);
  equal('no line is called another', await failed.locator('table').isVisible(), false);

  const other = await play(page, 4);
  equal('another line is marked', await other.locator('.other').innerText(), (await said(other)).split('\n').find(line => line.includes('2/2')));
  equal('both are shown', /printed\s+web +2\/3 +30s\s+here\s+web +2\/2/.test(await other.locator('table').innerText()), true);

  equal('inside of a container', await isMarked(await play(page, 5)), false);
  // A watch without an output is another terminal: it tells later what came meanwhile.
  const watch = await play(page, 6);
  equal('the watch goes on', /second terminal/.test(await said(watch)), true);
  equal('deleted as printed', await isMarked(await play(page, 7)), false);
  const told = await play(page, 8);
  equal(`what it told is as printed: ${await said(told)}`, await isMarked(told), false);
  await assertAccessible(page, { preload: false });

  // Words and colours follow the page.
  await page.evaluate(() => { document.querySelector('main').lang = 'ja'; document.documentElement.dataset.theme = 'dark'; });
  await eventually('in Japanese', async () => /もう一度実行/.test(await runs(page).nth(0).locator('.row').innerText()));
  equal('and dark', await runs(page).nth(0).getAttribute('data-scheme'), 'dark');
  await page.evaluate(() => { document.documentElement.lang = 'ja'; });
  const dock = page.locator('statefulset-dock');
  await eventually('the small picture too', async () => /Pod 2\/2[^]*たたむ/.test(await dock.locator('.dock > .head').innerText()));
  await dock.locator('button', { hasText: 'ラボを開く' }).click();
  await eventually('it opens to the whole lab', () => dock.locator('.console-input').isVisible());
  await page.keyboard.press('Escape');
  await eventually('and closes', async () => !await dock.locator('.console-input').isVisible());
  await dock.locator('button', { hasText: 'たたむ' }).click();
  equal('it folds', await dock.locator('.dock > .lab').isVisible(), false);
}

/** A block may say what it depends on. */
async function byItself(open) {
  const { page } = await host(open);
  await eventually('the blocks are there', async () => await runs(page).count() === 10);
  const last = await play(page, 9, null);
  equal('nothing else was run', await page.locator('statefulset-run .said').count(), 1);
  equal('it is as printed', await isMarked(last), false);
}

async function onAPhone(open) {
  const { page } = await host(open, { viewport: { width: 390, height: 844 } });
  await eventually('the blocks are there', async () => await runs(page).count() === 10);
  const dock = page.locator('statefulset-dock');
  equal('a bar', await dock.getAttribute('data-place'), 'bar');
  await play(page, 2);
  await eventually('it counts', async () => /2\/2/.test(await dock.locator('.dock > .head').innerText()));
  equal('nothing is wider than the screen', await page.evaluate(() => document.documentElement.scrollWidth), 390);
  await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
  await eventually('the end of the text is above the bar', () => page.evaluate(() => document.querySelector('main').getBoundingClientRect().bottom <= document.querySelector('statefulset-dock').getBoundingClientRect().top + 1));
}

/** A policy that forbids the module: the block says which line is missing. */
async function forbidden(open) {
  const { page } = await host(open, { expectErrors: true }, "default-src 'self'; script-src 'self'; style-src 'self'");
  await eventually('the blocks are there', async () => await runs(page).count() === 10);
  const block = runs(page).nth(9);
  await block.locator('.main').click();
  await eventually('the missing line is shown', async () => /script-src 'self' 'wasm-unsafe-eval'/.test(await block.locator('.said').innerText().catch(() => '')), 30_000);
}

/** Who presses the next button while a block runs gets what they asked for, in order, and no question. */
async function quickly(open) {
  const { page } = await host(open);
  await page.evaluate(() => { for (const at of [0, 1, 2]) document.querySelectorAll('statefulset-run')[at].root.querySelector('.main').click(); });
  await eventually('three blocks are answered', async () => (await runs(page).locator('.said').count()) === 3, 60_000);
  equal('nothing was asked', await runs(page).locator('.ask').count(), 0);
}

/** What other tools make of one manifest and of one session of two lines with an empty one between. */
const SHAPES = {
  'lines are elements (Expressive Code)': `<div class="expressive-code"><figure><figcaption><span class="title"></span></figcaption><pre data-language="sh"><code><div class="ec-line"><div class="code"><span>kubectl</span> get sts</div></div><div class="ec-line"><div class="code">\n</div></div><div class="ec-line"><div class="code">kubectl get pods</div></div></code></pre></figure></div>`,
  'lines are elements with breaks (Docusaurus)': `<div class="language-sh codeBlockContainer_x"><div class="codeBlockContent_x"><pre class="prism-code language-sh"><code><span class="token-line block">kubectl get sts<br></span><span class="token-line block"><span></span><br></span><span class="token-line block">kubectl get pods<br></span></code></pre><div><button>copy</button></div></div></div>`,
  'line numbers in a table (Jekyll)': `<div class="language-sh highlighter-rouge"><div class="highlight"><pre class="highlight"><code><table class="rouge-table"><tbody><tr><td class="gutter gl"><pre class="lineno">1\n2\n3\n</pre></td><td class="code"><pre>kubectl get sts\n\nkubectl get pods\n</pre></td></tr></tbody></table></code></pre></div></div>`,
  'line numbers in a table (Hugo)': `<div class="highlight"><div class="chroma highlight"><table class="lntable"><tr><td class="lntd"><pre class="chroma"><code><span class="lnt">1\n</span><span class="lnt">2\n</span></code></pre></td><td class="lntd"><pre class="chroma"><code class="language-sh" data-lang="sh"><span class="line"><span class="cl">kubectl get sts\n</span></span><span class="line"><span class="cl">\n</span></span><span class="line"><span class="cl">kubectl get pods\n</span></span></code></pre></td></tr></table></div></div>`,
  'anchors of lines (pandoc)': `<div class="sourceCode" id="cb1"><pre class="sourceCode sh"><code class="sourceCode sh"><span id="cb1-1"><a href="#cb1-1" aria-hidden="true"></a>kubectl get sts</span>\n<span id="cb1-2"><a href="#cb1-2" aria-hidden="true"></a></span>\n<span id="cb1-3">kubectl get pods</span></code></pre></div>`,
  'numbered remarks (Asciidoctor)': `<div class="listingblock"><div class="content"><pre class="highlight"><code class="language-sh" data-lang="sh">kubectl get sts <i class="conum" data-value="1"></i><b>(1)</b>\n\nkubectl get pods</code></pre></div></div>`,
  'a source of its own name (GitHub)': `<div class="highlight highlight-source-sh"><pre>kubectl get sts\n\nkubectl get pods</pre></div>`,
};

/** Whatever tool built the page, a block is read as its author wrote it, once, and its button stands below the whole of it. */
async function shapes(open) {
  const { page } = await host(open);
  await eventually('the blocks are there', async () => await runs(page).count() === 10);
  for (const [name, html] of Object.entries(SHAPES)) {
    const found = await page.evaluate(async html => {
      const { blocksOf } = await import('./code-blocks.js');
      const place = document.createElement('div');
      place.innerHTML = html;
      document.body.append(place);
      place.querySelectorAll('.block').forEach(it => { it.style.display = 'block'; });
      const found = blocksOf(place).map(({ text, language, end }) => ({ text: text.replace(/ +$/gm, '').trimEnd(), language, whole: end === place.firstElementChild }));
      place.remove();
      return found;
    }, html);
    equal(name, found, [{ text: 'kubectl get sts\n\nkubectl get pods', language: 'sh', whole: true }]);
  }
}

/** A site that makes its blocks again, as React does when it takes over, loses nothing of what was pressed or answered. */
async function madeAgain(open) {
  const { page } = await host(open);
  await eventually('the blocks are there', async () => await runs(page).count() === 10);
  const again = () => page.evaluate(() => document.querySelectorAll('main pre').forEach(pre => pre.replaceWith(pre.cloneNode(true))));
  await runs(page).nth(0).locator('.main').click();
  await again();
  await eventually('what was pressed is answered', async () => await runs(page).nth(0).locator('.verdict').count() > 0, 60_000);
  await again();
  await page.waitForTimeout(300);
  equal('the answer stays', await runs(page).locator('.said').count(), 1);
  equal('at its block', await runs(page).nth(0).evaluate(it => it.previousElementSibling.textContent.startsWith('apiVersion')), true);
  await page.evaluate(() => { const main = document.querySelector('main'); main.innerHTML = main.innerHTML.replaceAll(/<statefulset-run[^]*?<\/statefulset-run>/g, ''); });
  await eventually('buttons that went with the text are back', async () => await runs(page).count() === 10);
  equal('with the answer', await runs(page).locator('.said').count(), 1);
  await page.evaluate(() => { const main = document.querySelector('main'); main.replaceWith(main.cloneNode(true)); });
  await page.waitForTimeout(300);
  equal('copies of buttons go', await runs(page).count(), 10);
  equal('and the answer stays', await runs(page).locator('.said').count(), 1);
  equal('applied, as its cluster knows', await isMarked(await play(page, 1, null)), false);
}

/** A question goes when what it asks about was run by its own button, and asks for what is left. */
async function askedInVain(open) {
  const { page } = await host(open);
  await eventually('the blocks are there', async () => await runs(page).count() === 10);
  const main = at => runs(page).nth(at).locator('.main').first();
  const asked = () => runs(page).nth(2).locator('.ask').allInnerTexts();
  await main(2).click();
  equal('it asks for two', (await asked()).length === 1 && /2 blocks/.test((await asked())[0]), true);
  await main(0).click();
  await eventually('it asks for one', async () => /^The block above/.test((await asked())[0]), 60_000);
  await main(1).click();
  await eventually('it asks no more', async () => !(await asked()).length, 60_000);
  equal('it has not run', await runs(page).nth(2).locator('.said').count(), 0);
  await eventually('and can', async () => /Run/.test(await main(2).innerText()));
}

/** A double click does once what a click does, and so does a key that is held. */
async function twice(open) {
  const { page } = await host(open);
  await eventually('the blocks are there', async () => await runs(page).count() === 10);
  const main = at => runs(page).nth(at).locator('.main').first();
  const answered = at => eventually(`block ${at + 1} is answered`, async () => await runs(page).nth(at).locator('.verdict').count() && await main(at).isEnabled(), 60_000);
  await main(2).dblclick({ delay: 40 });
  equal('it asks once', await runs(page).nth(2).locator('.ask').count(), 1);
  await runs(page).nth(2).locator('button', { hasText: 'Cancel' }).click({ delay: 400 });
  await main(9).dblclick({ delay: 40 });
  await answered(9);
  // By now the answer comes between the two halves.
  for (const again of [() => main(9).dblclick({ delay: 60 }), () => main(9).press('Enter')]) {
    await page.evaluate(() => { window.played = 0; const { lab } = document.querySelector('statefulset-dock'); window.real ??= lab.playTurn.bind(lab); lab.playTurn = (...words) => { played += 1; return real(...words); }; });
    await again();
    await answered(9);
    await page.waitForTimeout(500);
    equal('it runs once', await page.evaluate(() => played), 1);
  }
  await main(9).focus();
  await page.evaluate(() => { played = 0; });
  await page.keyboard.down('Enter');
  await answered(9);
  await page.keyboard.down('Enter');
  await page.keyboard.down('Enter');
  await page.keyboard.up('Enter');
  await answered(9);
  equal('a held key runs it once', await page.evaluate(() => played), 1);
}

/** The whole lab behind the small picture has the page's files in its editor: first the first one, then what was applied last. */
async function inTheEditor(open) {
  const { page } = await host(open);
  await eventually('the blocks are there', async () => await runs(page).count() === 10);
  const text = () => page.locator('statefulset-dock .area').first().inputValue();
  const dock = page.locator('statefulset-dock');
  await dock.locator('button', { hasText: 'Open the lab' }).click();
  await eventually('the first file is there', async () => await dock.locator('.area').count() && await text() === SET, 60_000);
  await page.keyboard.press('Escape');
  await play(page, 1);
  equal('as it was applied', await text(), SET);
  // What the reader wrote there is what a line of the page applies.
  await dock.locator('button', { hasText: 'Open the lab' }).click();
  await dock.locator('.area').first().fill(SET.replace('replicas: 2', 'replicas: 1'));
  await dock.locator('button', { hasText: 'Back to the page' }).click();
  await play(page, 1);
  equal('what was written is kept', await text(), SET.replace('replicas: 2', 'replicas: 1'));
  await eventually('and applied', () => page.evaluate(() => document.querySelector('statefulset-dock').lab.objects('sts', 'web').spec.replicas === 1));
}

/** Each block in the document is what the page for it says, whatever else stands around it. */
async function eachKind(open) {
  const blocks = readKinds(await readFile(new URL('../../tutorials/kinds.md', import.meta.url), 'utf8'));
  const shown = ({ line, language, title, text, between }) =>
    `${between === null ? '<h2>Next</h2>' : between.trim() ? `<p>${between.replace(/`(.*?)`/g, '<code>$1</code>')}</p>` : ''}${pre(text, language || 'none', `data-line="${line}" title="${title}"`)}`;
  const { page } = await host(open, { text: `<main>${blocks.map(shown).join('\n')}</main>` });
  const found = await page.evaluate(async () => {
    const { blocksOf } = await import('./code-blocks.js');
    return blocksOf(document).map(({ pre, kind, turns, end, output }) => [Number(pre.dataset.line), `${kind} ${turns.length}`, output ? Number(end.dataset.line) : 0]);
  });
  const printed = new Set(found.map(([, , below]) => below));
  for (const { line, is, typed } of blocks) equal(`the block of line ${line}`, printed.has(line) ? 'output' : found.find(it => it[0] === line)?.[1] ?? 'text', /output|text/.test(is) ? is : `${is} ${typed}`);
  equal('all were looked at', found.length > 100, true);
}

export default async function ({ open }) {
  await eachKind(open);
  await fromTopToBottom(open);
  await byItself(open);
  await onAPhone(open);
  await forbidden(open);
  await quickly(open);
  await askedInVain(open);
  await shapes(open);
  await madeAgain(open);
  await twice(open);
  await inTheEditor(open);
}
