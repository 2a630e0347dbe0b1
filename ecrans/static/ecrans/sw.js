// Only the shell (page, style, scripts, fonts): the page reads its photographs and its manifest itself, so a worker that is
// killed cannot blank the loop. VERSION and SHELL are written above by the server; a new shell comes whole or not at all,
// and serves from the next start: a page that plays is never reloaded.
const CACHE = `ecran-shell-${VERSION}`;

self.addEventListener('install', event => event.waitUntil((async () => {
  const cache = await caches.open(CACHE);
  await cache.addAll(SHELL.map(address => new Request(address, { cache: 'reload' })));
  await self.skipWaiting();
})()));

self.addEventListener('activate', event => event.waitUntil((async () => {
  const old = (await caches.keys()).filter(name => name.startsWith('ecran-shell-') && name !== CACHE);
  await Promise.all(old.map(name => caches.delete(name)));
  await self.clients.claim();
})()));

self.addEventListener('fetch', event => {
  const { origin, pathname } = new URL(event.request.url);
  if (event.request.method !== 'GET' || origin !== self.location.origin || !SHELL.includes(pathname)) return;
  event.respondWith((async () => {
    const cache = await caches.open(CACHE);
    return await cache.match(pathname, { ignoreVary: true }) || fetch(event.request);
  })());
});
