// What is not as asked: the bubble says the cause whole and holds the line that helps; the inspector leads back to the
// input; the log does; the plan has a pane, comes true and is played as a branch; lights say what was broken.
import { eventually } from '../browser.mjs';
import { Lab } from '../lab.mjs';

export default async function ({ open }) {
  const lab = await new Lab(await open()).ready();
  const { page } = lab;
  await lab.fastest();
  const scene = page.locator('.scene');
  const pod = (name, state) => eventually(`${name} is ${state}`, async () =>
    new RegExp(state).test(await scene.locator(`.pod > [aria-label^="Pod ${name},"]`).getAttribute('aria-label') ?? ''), 60_000);
  await pod('web-2', 'running and ready');

  // The plan in its pane: the order, what stays, the worst moment; as another version; as text.
  await lab.page.locator('.editor textarea').evaluate(area => {
    area.value = area.value.replace('nginx-slim:0.24', 'nginx-slim:0.25');
    area.dispatchEvent(new InputEvent('input', { bubbles: true }));
  });
  await page.getByRole('button', { name: 'Plan', exact: true }).click();
  const plan = page.locator('.plan');
  const says = (what, pattern) => eventually(what, async () => pattern.test(await plan.innerText()));
  await says('the plan says the order', /Pods replaced, in this order: web-2, web-1, web-0/);
  await says('the plan says the field', /containers\[nginx\]\.image .*0\.24 → .*0\.25/);
  await says('the plan says the worst moment', /At worst 2 of 3 pods of web are ready/);
  if (await plan.locator('.plan-order rect').count() < 9) throw new Error('the plan draws no lanes');
  await plan.getByRole('button', { name: /^What would 1\.[\d.]+ do\?/ }).click();
  await says('the plan is another version\'s', /under Kubernetes 1\./);
  await says('it says whether that is otherwise', /The same in 1\.|Otherwise than in/);
  await plan.getByRole('button', { name: /^Back to 1\./ }).click();
  // The whole session as another version, beside the picture.
  await plan.getByRole('button', { name: /^Everything so far in 1\./ }).click();
  await eventually('another version lies beside', async () =>
    /Kubernetes v1\.\d+/.test(await page.locator('.picture-other .picture-caption').innerText()));
  // The picture had the room of the plan meanwhile.
  await page.getByRole('button', { name: 'Plan', exact: true }).click();
  await plan.getByRole('button', { name: 'Copy as text' }).click();
  await plan.getByRole('button', { name: 'Compare' }).click();
  await eventually('the plan lies beside', async () => /plan/.test(await page.locator('.picture-other .picture-caption').innerText()));
  await plan.getByRole('button', { name: 'Apply', exact: true }).click();
  await eventually('plan and outcome are compared', async () => /It came as foretold: all \d+ steps/.test(await plan.innerText()), 60_000);
  await plan.locator('.ins-close').click();

  // A missing image: the whole sentence, and the line that helps on a button.
  await lab.run('kubectl set image sts/web nginx=registry.k8s.io/nginx-slim:bad');
  const cause = scene.locator('.cursor.is-cause > .hit');
  await eventually('the bubble says the cause', async () =>
    /^The image registry\.k8s\.io\/nginx-slim:bad cannot be pulled/.test(await cause.first().getAttribute('aria-label') ?? ''), 60_000);
  const drawn = (await scene.locator('.cursor.is-cause .reason').allTextContents()).join(' ');
  if (drawn.includes('…') || !/does not start\.$/.test(drawn.trim())) throw new Error(`the sentence is cut: ${drawn}`);
  await cause.first().press('Enter');
  const inspector = page.locator('.inspector');
  await eventually('the inspector says how it came', async () =>
    /you: kubectl set image sts\/web nginx=registry\.k8s\.io\/nginx-slim:bad/.test(await inspector.innerText()));
  await inspector.locator('.loop summary').click();
  await eventually('the loop marks where the controller waits', async () => await inspector.locator('.loop-line.does-wait').count() > 0);
  await page.keyboard.press('Escape');
  await inspector.locator('.ins-close').click().catch(() => {});
  await page.locator('.log-button').click();
  await eventually('the log names the input behind what failed later', async () =>
    /← you: kubectl set image/.test(await page.locator('.live li > button', { hasText: 'ErrImagePull' }).first().innerText()));
  await page.locator('.log-button').click();
  // By the keyboard; the button goes, and the focus stays near.
  await scene.locator('.remedy > .hit').first().focus();
  await page.keyboard.press('Enter');
  await pod('web-2', 'running and ready');
  await eventually('nothing is wrong any more', async () => await scene.locator('.cursor.is-cause').count() === 0, 60_000);
  await page.waitForTimeout(600);
  if (!await page.evaluate(() => document.activeElement?.closest('.scene'))) throw new Error('the focus went with the button');

  // A light: the claim that somebody deleted, with the moment and the input.
  await lab.run('kubectl delete pvc www-web-0 --wait=false');
  const light = page.locator('.light.is-broken button');
  await eventually('a light is out', async () => await light.count() === 1);
  if (!/by: kubectl delete pvc www-web-0 --wait=false/.test(await light.getAttribute('title'))) throw new Error('the light does not say who');
  await eventually('the picture says why the claim stays', async () =>
    (await scene.locator('.cursor.is-cause > .hit').evaluateAll(all => all.map(it => it.getAttribute('aria-label'))))
      .some(text => /^Claim www-web-0 is marked for deletion and stays/.test(text)));

  // The log: each line names the input behind it, and a click leads back to it.
  await page.locator('.log-button').click();
  await eventually('a line of the log names its input', async () =>
    /← you: kubectl delete pvc www-web-0/.test(await page.locator('.live li > button', { hasText: 'www-web-0 is Terminating' }).first().innerText()));
  await page.locator('.live li > button', { hasText: 'www-web-0 is Terminating' }).first().click();
  await eventually('the log leads back', async () =>
    /you: kubectl delete pvc www-web-0/.test(await page.locator('.live-why').innerText()));
}
