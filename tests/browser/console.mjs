// Walks the operator's console in a real browser, at the width of a phone and of a laptop, and fails on any console
// error, page error, dialog or broken policy.
//
// node console.mjs <base address> <password> [folder for screenshots]
import { fits, inBrowser, insist, signIn } from './watched.mjs';

const [base, password, shots] = process.argv.slice(2);
const widths = [{ width: 390, height: 844 }, { width: 1280, height: 900 }];

async function shoot(page, name) {
  if (shots) await page.screenshot({ path: `${shots}/${name}.png`, fullPage: true });
}

async function walk(page, suffix) {
  const pages = {
    overview: '/admin',
    watch: '/admin/watch',
    promise: '/admin/watch/1',
    hikers: '/admin/users',
    hiker: '/admin/users/1',
    accounts: '/admin/accounts',
    account: '/admin/accounts/1',
    messages: '/admin/messages',
    'opt-outs': '/admin/opt-outs',
    forecasts: '/admin/forecasts',
    audit: '/admin/audit',
    'second-factor': '/admin/second-factor',
  };
  for (const [name, path] of Object.entries(pages)) {
    const answer = await page.goto(base + path);
    insist(answer.status() === 200, `${path} answers ${answer.status()}`);
    insist(await page.locator('h1').count() === 1, `${path} has one heading`);
    await fits(page);
    await shoot(page, `${name}-${suffix}`);
  }
}

async function act(page) {
  await page.goto(`${base}/admin/users`);
  await page.fill('form[action="/admin/users"][method=post] input[name=phone]', '0491 571 804');
  await page.fill('form[action="/admin/users"][method=post] input[name=trail_name]', 'Kea <b>&amp;</b>');
  await page.click('form[action="/admin/users"][method=post] button');
  await page.locator('.notice', { hasText: 'The hiker is registered.' }).waitFor();
  insist((await page.textContent('h1')).includes('Kea'), 'the hiker has a page');
  insist(await page.locator('h1 b').count() === 0, 'a name is never markup');

  await page.click('text=Reveal numbers and texts');
  insist((await page.textContent('main')).includes('+61491571804'), 'the number is revealed');

  await page.goto(`${base}/admin/messages`);
  await page.fill('form[action="/admin/test-text"] input[name=phone]', '0491 570 110');
  await page.click('form[action="/admin/test-text"] button');
  await page.locator('.notice', { hasText: 'The test text is queued.' }).waitFor();

  await page.goto(`${base}/admin/messages?state=failed`);
  await page.click('form[action$="/resend"] button');
  await page.locator('.notice', { hasText: 'The text is queued again.' }).waitFor();

  await page.goto(`${base}/admin/audit`);
  const audit = await page.textContent('main');
  for (const action of ['user.registered', 'console.revealed', 'console.test_sent', 'message.resent']) {
    insist(audit.includes(action), `the audit log has ${action}`);
  }
}

await inBrowser(base, { viewport: widths[1] }, async (page) => {
  await signIn(page, base, password);
  for (const size of widths) {
    await page.setViewportSize(size);
    await walk(page, size.width < 600 ? 'phone' : 'laptop');
  }
  await act(page);
  await page.click('text=Sign out');
  await page.locator('.notice', { hasText: 'You are signed out.' }).waitFor();
  await page.goto(`${base}/admin/users`);
  insist(page.url().endsWith('/admin/login'), 'signed out is signed out');
});
console.log('the console works in a browser');
