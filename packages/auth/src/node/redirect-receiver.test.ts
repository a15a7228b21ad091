import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { launcher, openBrowser } from './open-browser.ts';
import { loopbackReceiver } from './redirect-receiver.ts';

describe('the loopback receiver', () => {
  it('takes the user whose state is expected, and nobody else', async () => {
    const open = await loopbackReceiver().open();
    expect(open.redirectUri).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/callback$/);
    const back = open.response('right', new AbortController().signal);
    const get = (path: string, init?: RequestInit) => fetch(new URL(path, open.redirectUri), init);
    for (const [path, init] of [
      ['/callback?state=wrong&code=stolen', {}],
      ['/callback?code=stolen', {}],
      ['/other?state=right&code=stolen', {}],
      ['/callback/?state=right&code=stolen', {}],
      ['/callback?state=right&code=stolen', { method: 'POST' }],
    ] as const)
      expect((await get(path, init)).status, path).toBe(404);
    const response = await get('/callback?state=right&code=%3Cscript%3E');
    expect(response.status).toBe(200);
    expect(await response.text()).not.toContain('script');
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect((await back).searchParams.get('code')).toBe('<script>');
    expect((await get('/callback?state=right&code=again')).status).toBe(404);
    await open.close();
    await expect(get('/callback?state=right')).rejects.toThrow();
  });

  it('is not held open by a connection that says nothing', async () => {
    const open = await loopbackReceiver().open();
    const silent = connect(Number(new URL(open.redirectUri).port), '127.0.0.1');
    silent.on('error', () => undefined);
    await once(silent, 'connect');
    const ended = once(silent, 'close');
    await open.close();
    await ended;
  });

  it('gives up when the signal aborts', async () => {
    const open = await loopbackReceiver().open();
    const controller = new AbortController();
    const back = open.response('state', controller.signal);
    controller.abort(new Error('too late'));
    await expect(back).rejects.toThrow('too late');
    await expect(open.response('state', controller.signal)).rejects.toThrow('too late');
    await open.close();
  });

  it('says that a port is in use', async () => {
    const open = await loopbackReceiver().open();
    const port = Number(new URL(open.redirectUri).port);
    await expect(loopbackReceiver({ port }).open()).rejects.toThrow(`port ${port}`);
    await open.close();
  });
});

describe('the browser', () => {
  it('is started without a shell, with the page as one argument', () => {
    const href = 'https://auth.example.com/?a=b&calc.exe';
    expect(launcher('linux', href)).toEqual(['xdg-open', href]);
    expect(launcher('darwin', href)).toEqual(['open', href]);
    expect(launcher('win32', href)).toEqual(['rundll32', 'url.dll,FileProtocolHandler', href]);
  });

  it.each(['file:///etc/passwd', 'javascript:alert(1)', 'vscode://x'])('does not open %s', async (href) => {
    await expect(openBrowser(new URL(href))).rejects.toThrow(TypeError);
  });
});
