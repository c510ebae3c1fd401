/* A page that keeps itself true: parts of it come from the server as they change.
   data-live        what is kept true; data-stream the address of server-sent events, data-parts of all parts at once
   data-part="x"    a part; the server sends it anew, and what is the same is left alone
   data-live-state  says how it stands: its data-live, data-ask, data-lost, data-out hold the words
   data-live-said   tells a screen reader of the latest deed, now and then; its data-words hold {what}
   data-live-tv     over the whole window and back      data-deed   a line; one that was not there before is shown as new
   A page nobody looks at holds no connection. Where no stream is to be had, the page asks every 20 seconds. */
(function () {
  'use strict';
  const ASK = 20000, AGAIN = 15, SILENT = 60000, SAID = 30000;
  const $ = (selector, from) => (from || document).querySelector(selector);
  const $$ = (selector, from) => Array.from((from || document).querySelectorAll(selector));
  let page = null, stream = null, timer = 0, guard = 0, seen = '', heard = 0, said = 0, asked = 0, refused = false, lock = null;

  function begin() {
    const found = $('[data-live]');
    if (found === page) return;
    end();
    page = found;
    seen = '';
    refused = false;
    if (page) go();
  }
  function end() {
    if (stream) stream.close();
    stream = null;
    clearTimeout(timer);
    clearInterval(guard);
  }
  function go() {
    end();
    if (!page || !page.isConnected) return;
    if (document.hidden) return;
    if (refused || !window.EventSource) return ask();
    const address = page.dataset.stream + (seen ? `?seen=${encodeURIComponent(seen)}` : '');
    stream = new EventSource(address);
    heard = Date.now();
    stream.onopen = () => { heard = Date.now(); };
    stream.addEventListener('parts', event => { hear(event); show(event.data); state('live'); });
    stream.addEventListener('beat', event => { hear(event); state('live'); });
    stream.addEventListener('lost', event => { hear(event); state('lost'); });
    stream.addEventListener('over', event => {
      end();
      if (event.data === 'out') state('out');
      else if (event.data === 'again') { seen = ''; timer = setTimeout(go, 500); }
      else { refused = true; ask(); }
    });
    stream.onerror = () => {
      state('lost');
      /* closed for good: there is no stream here, or one is signed out; asking tells which */
      if (stream && stream.readyState === EventSource.CLOSED) { end(); refused = true; ask(); }
    };
    /* a proxy that holds everything back, or a sleep nobody noticed: nothing comes, and nothing says so */
    guard = setInterval(() => {
      if (Date.now() - heard < SILENT) return;
      refused = !seen;
      go();
    }, 5000);
  }
  function hear(event) {
    heard = Date.now();
    if (event.lastEventId) seen = event.lastEventId;
  }

  async function ask() {
    clearTimeout(timer);
    if (!page || !page.isConnected || document.hidden) return;
    /* every few minutes the stream is tried once more: the server may have been made better meanwhile */
    if (++asked % AGAIN === 0 && refused) { refused = false; return go(); }
    try {
      const answer = await fetch(page.dataset.parts, { redirect: 'manual', headers: { 'HX-Request': 'true' } });
      if (answer.type === 'opaqueredirect' || answer.status === 401 || answer.status === 403) return state('out');
      if (!answer.ok) throw new Error(String(answer.status));
      show(await answer.text());
      state('ask');
    } catch {
      state('lost');
    }
    timer = setTimeout(ask, ASK);
  }

  function show(html) {
    if (!page || !html) return;
    const fresh = document.createElement('template');
    fresh.innerHTML = html;
    for (const part of $$('[data-part]', fresh.content)) {
      const old = $(`[data-part="${part.dataset.part}"]`, page);
      if (!old) { $('[data-live-parts]', page).append(part); settle(part); continue; }
      if (plain(old) === plain(part)) continue;
      const known = new Set($$('[data-deed]', old).map(one => one.dataset.deed));
      const news = $$('[data-deed]', part).filter(one => !known.has(one.dataset.deed));
      for (const one of news) one.classList.add('s-fresh');
      const within = old.contains(document.activeElement) && document.activeElement.getAttribute('href');
      old.replaceWith(part);
      settle(part);
      if (within) { const again = $(`[href="${CSS.escape(within)}"]`, part); if (again) again.focus({ preventScroll: true }); }
      if (news.length) tell(news[0]);
    }
  }
  /* what the browser and the page added by themselves does not count as a difference */
  function plain(part) {
    const copy = part.cloneNode(true);
    for (const one of [copy, ...$$('*', copy)]) { one.removeAttribute('style'); one.classList.remove('s-fresh'); if (!one.className) one.removeAttribute('class'); }
    return copy.outerHTML.replace(/\s+/g, ' ');
  }
  function settle(part) {
    if (window.htmx) window.htmx.process(part);
    part.dispatchEvent(new CustomEvent('htmx:load', { bubbles: true, detail: { elt: part } }));
  }
  function tell(line) {
    const place = $('[data-live-said]', page);
    if (!place || Date.now() - said < SAID) return;
    said = Date.now();
    place.textContent = place.dataset.words.replace('{what}', () => $('.s-grow', line).innerText.trim().replace(/\s+/g, ' '));
  }
  function state(name) {
    const place = page && $('[data-live-state]', page);
    if (!place || place.dataset.now === name) return;
    place.dataset.now = name;
    const dot = document.createElement('i');
    dot.setAttribute('aria-hidden', 'true');
    const clock = new Date().toLocaleTimeString(document.documentElement.lang, { hour: '2-digit', minute: '2-digit' });
    place.replaceChildren(dot, place.dataset[name].replace('{time}', clock));
    const door = $('[data-live-in]', page);
    if (door) door.hidden = name !== 'out';
  }

  document.addEventListener('visibilitychange', () => { if (page) { if (document.hidden) end(); else go(); } });
  window.addEventListener('online', () => { if (page && !document.hidden) go(); });
  window.addEventListener('pageshow', event => { if (event.persisted && page) go(); });
  window.addEventListener('pagehide', end);

  /* over the whole window; Esc leaves it, as it leaves the browser's own full screen */
  async function wide(on) {
    if (!page) return;
    page.classList.toggle('s-tv', on);
    try {
      if (on) { await document.documentElement.requestFullscreen(); lock = navigator.wakeLock ? await navigator.wakeLock.request('screen') : null; }
      else { if (document.fullscreenElement) await document.exitFullscreen(); if (lock) await lock.release(); lock = null; }
    } catch { /* not allowed here: it fills the window all the same */ }
  }
  document.addEventListener('click', event => {
    const button = event.target.closest && event.target.closest('[data-live-tv]');
    if (!button || !page) return;
    event.preventDefault();
    event.stopPropagation();
    wide(button.dataset.liveTv === 'on');
  }, true);
  document.addEventListener('fullscreenchange', () => { if (page && !document.fullscreenElement) page.classList.remove('s-tv'); });
  document.addEventListener('keydown', event => { if (event.key === 'Escape' && page && page.classList.contains('s-tv')) wide(false); });

  document.addEventListener('htmx:load', begin);
  document.addEventListener('DOMContentLoaded', begin);
})();
