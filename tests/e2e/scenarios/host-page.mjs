// Labs in somebody else's page: the host is left alone, ten labs stand side by side, one panics and nine go on.
import { assertAccessible, eventually } from '../browser.mjs';
import { equal, host } from '../host.mjs';
import { panic } from '../lab.mjs';

/** Types a line into a lab's console with the keyboard, and waits for an answer. */
async function type(root, line, answer) {
  const input = root.locator('.console-input');
  await input.focus();
  await input.pressSequentially(line);
  await input.press('Enter');
  await eventually(`${line} is answered by ${answer}`, async () => answer.test(await root.locator('.console-log').innerText()));
}

async function alone(open) {
  const { page } = await host(open, {});
  const before = await page.evaluate(() => ({
    html: document.documentElement.outerHTML.replace(/<div id="labs">.*<\/div>/s, ''),
    style: getComputedStyle(document.querySelector('.panel')).cssText, app: document.querySelector('#app').getBoundingClientRect().height,
    listening: [...host.listening],
  }));
  await page.evaluate(async () => {
    window.one = await labs.mount(host.slot(), { scenario: 'web', paused: true });
    const shadow = host.slot().attachShadow({ mode: 'open' });
    window.two = await labs.mount(shadow, { scenario: 'mariadb', lang: 'ja' });
  });
  const first = page.locator('.slot').nth(0);
  const second = page.locator('.slot').nth(1);
  await type(first, 'kubectl get sts', /web +\d\/3/);
  await type(second, 'kubectl get sts', /sts-mariadb +\d\/1/);
  for (const [lab, other] of [[first, /sts-mariadb/], [second, /\bweb +\d\/3/]]) {
    if (other.test(await lab.locator('.console-log').innerText())) throw new Error('a lab has answered for the other one');
  }
  equal('the second speaks Japanese', await second.locator('.console h2').innerText(), 'コンソール');
  equal('ids are there once', await page.evaluate(() => {
    const ids = root => [...root.querySelectorAll('[id]')].map(it => it.id);
    const all = [...ids(document), ...ids(document.querySelectorAll('.slot')[1].shadowRoot)];
    return all.filter((id, at) => all.indexOf(id) !== at);
  }), []);

  // The editor types and completes in a shadow root as well.
  const text = second.locator('.editor textarea');
  await second.getByRole('button', { name: 'マニフェスト' }).click().catch(() => {});
  await text.fill('apiVersion: apps/v1\nkind: StatefulSet\nspec:');
  await text.press('Control+End');
  await text.press('Enter');
  await text.pressSequentially('podM');
  await text.press('Control+Space');
  await second.locator('.editor .popup').waitFor();
  await text.press('Enter');
  equal('completed', (await text.inputValue()).split('\n').at(-1), '  podManagementPolicy: ');
  equal('nothing is stored', await page.evaluate(() => localStorage.length), 0);

  // Keys act where the focus is: what is typed in a console is text, in a shadow root as well; the host's field is its own.
  const play = lab => page.evaluate(name => window[name].state().isPlaying, lab);
  await second.locator('.console-input').pressSequentially('r .');
  equal('typed text', await second.locator('.console-input').inputValue(), 'r .');
  await page.locator('#field').pressSequentially('r .');
  equal('the host has its field', await page.locator('#field').inputValue(), 'r .');
  equal('the first stands', await play('one'), false);
  await first.locator('.clock').click();
  await page.keyboard.press(' ');
  await eventually('the first plays', () => play('one'));
  equal('the second plays as before', await play('two'), true);
  if (await page.evaluate(() => host.keys.length) < 20) throw new Error('the host does not hear its keys');

  await page.evaluate(() => host.wasm());
  equal('the host has no error', await page.evaluate(() => host.errors), []);
  // Colours are looked at when nothing fades in.
  await page.evaluate(() => { window.one.pause(); window.two.pause(); });
  await page.waitForTimeout(1_000);
  // axe would copy the style sheets of the shadow root into inline ones, which the policy forbids.
  await assertAccessible(page, { preload: false });
  const during = await page.evaluate(() => ({
    html: document.documentElement.outerHTML.replace(/<div id="labs">.*<\/div>/s, ''),
    style: getComputedStyle(document.querySelector('.panel')).cssText, app: document.querySelector('#app').getBoundingClientRect().height,
    hash: location.hash, history: history.length,
  }));
  equal('the host\'s markup', during.html, before.html);
  equal('the host\'s styles', [during.style, during.app], [before.style, before.app]);
  equal('the address', during.hash, '');
  await page.evaluate(() => { one.destroy(); two.destroy(); two.destroy(); });
  await eventually('nothing is left in the slots', () => page.evaluate(() =>
    document.querySelectorAll('.slot')[0].innerHTML === '' && document.querySelectorAll('.slot')[1].shadowRoot.innerHTML === ''));
  // axe has listened to `message` meanwhile.
  const left = list => list.filter(([type, count]) => count > 0 && type !== 'message');
  equal('no listener is left', left(await page.evaluate(() => [...host.listening])), left(before.listening));
}

async function ten(open) {
  const { page } = await host(open, { expectErrors: true });
  await page.evaluate(async () => {
    window.all = await Promise.all(Array.from({ length: 10 }, () => labs.mount(host.slot(), { guide: false })));
    for (const lab of all) lab.addEventListener('crash', () => host.errors.push('crash'));
  });
  equal('instances', await page.evaluate(() => labs.counts()), { instances: 10, idle: 0 });
  await panic(page.locator('.lab').nth(3));
  await eventually('the fourth has failed', () => page.evaluate(() => all[3].phase === 'failed'));
  await eventually('it says so', () => page.locator('.crash').nth(3).isVisible());
  const said = await page.evaluate(() => all.map((lab, at) => at === 3 ? '' : lab.run('kubectl get nodes').output));
  equal('nine go on', said.filter(text => /node-a +Ready/.test(text)).length, 9);
  equal('one crash view', await page.locator('.crash:visible').count(), 1);
  await page.locator('.crash-restart >> visible=true').click();
  await eventually('it is there again', () => page.evaluate(() => all[3].phase === 'running'));
  equal('it answers', await page.evaluate(() => /node-a +Ready/.test(all[3].run('kubectl get nodes').output)), true);
  // An error of the host's own, thrown while a lab tells of a change, is none of the lab's.
  await page.evaluate(() => {
    all[0].addEventListener('change', () => { throw new RangeError('the host\'s own'); }, { once: true });
    all[0].root.querySelector('.console-input').value = 'kubectl get nodes';
    all[0].root.querySelector('.console-input').dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
  });
  await page.waitForTimeout(300);
  equal('no lab has failed by it', await page.evaluate(() => all.map(lab => lab.phase)), Array(10).fill('running'));
  // What is not in sight asks for no frames.
  const times = async () => page.evaluate(() => all.map(lab => lab.state().now));
  const early = await times();
  await page.waitForTimeout(600);
  const late = await times();
  const moved = late.filter((now, at) => now > early[at]).length;
  if (moved === 0 || moved > 4) throw new Error(`time goes on in ${moved} of ten labs, of which two or three are in sight`);
}

export default async function ({ open }) {
  await alone(open);
  await ten(open);
}
