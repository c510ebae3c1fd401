/* Keeps what the pages for the way need on the device, so that they open without a network. It keeps no data: those lie
   in the store of who is at work here (field-store.js). KEPT is put in front of this text by the server: the files by
   their marked addresses, the pages, and a name that changes with them.
   Files come from the device. A page comes from the server where that answers in time, else from the device. Any other
   page that cannot be reached leads to the one that works. */
'use strict';
const PATIENCE = 4000;

self.addEventListener('install', event => event.waitUntil((async () => {
  const cache = await caches.open(KEPT.name);
  await cache.addAll(KEPT.files);
  for (const page of KEPT.pages) await fetched(page, new Request(page, { credentials: 'same-origin', redirect: 'manual' })).catch(() => { /* it comes with the next visit */ });
  await self.skipWaiting();
})()));

self.addEventListener('activate', event => event.waitUntil((async () => {
  for (const name of await caches.keys()) if (name.startsWith('setia-') && name !== KEPT.name) await caches.delete(name);
  await self.clients.claim();
})()));

self.addEventListener('fetch', event => {
  const { request } = event, address = new URL(request.url);
  if (request.method !== 'GET' || address.origin !== location.origin) return;
  if (KEPT.files.includes(address.pathname + address.search)) event.respondWith(file(request));
  else if (request.mode === 'navigate') event.respondWith(KEPT.pages.includes(address.pathname) ? page(address.pathname, request) : elsewhere(request));
});

async function file(request) {
  const cache = await caches.open(KEPT.name), kept = await cache.match(request);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) await cache.put(request, answer.clone());
  return answer;
}

async function fetched(path, request) {
  const answer = await fetch(request);
  /* signed out it leads to the door, which is not the page */
  if (answer.status === 200 && answer.type === 'basic' && !answer.redirected) await (await caches.open(KEPT.name)).put(path, answer.clone());
  return answer;
}

async function page(path, request) {
  const fresh = fetched(path, request), kept = await (await caches.open(KEPT.name)).match(path);
  if (!kept) return fresh;
  const late = new Promise(resolve => { setTimeout(() => resolve(kept), PATIENCE); });
  return Promise.race([fresh.then(answer => (answer.status >= 500 ? kept : answer), () => kept), late]);
}

async function elsewhere(request) {
  try { return await fetch(request); } catch (error) {
    if (await (await caches.open(KEPT.name)).match(KEPT.pages[0])) return Response.redirect(`${KEPT.pages[0]}#away`);
    throw error;
  }
}
