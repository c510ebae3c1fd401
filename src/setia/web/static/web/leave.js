/* Signing out on a device that holds a field day: its key and its day go with the person. Where something was not sent
   yet, that is said first; it stays behind locked, and opens only once the same person is signed in here again. */
(function () {
  'use strict';
  const MARK = 'setia-field-person', NAME = 'setia-field';
  const form = () => document.querySelector('form[data-leaves]');
  const holds = () => { try { return Number(localStorage.getItem(MARK)); } catch { return 0; } };
  const asked = request => new Promise((resolve, reject) => { request.onsuccess = () => resolve(request.result); request.onerror = () => reject(request.error); });

  /* Opened as it is: where there is none, none is made, which would keep the page of the way from making its own. */
  function opened() {
    const request = indexedDB.open(NAME);
    request.onupgradeneeded = () => request.transaction.abort();
    return asked(request);
  }

  async function wipe(person) {
    const db = await opened();
    try {
      const stores = Array.from(db.objectStoreNames);
      if (!stores.includes('queue')) return;
      const work = db.transaction(stores, 'readwrite');
      work.objectStore('people').clear();
      work.objectStore('days').clear();
      await new Promise((resolve, reject) => { work.oncomplete = resolve; work.onerror = work.onabort = () => reject(work.error); });
    } finally { db.close(); }
    if (holds() === person) localStorage.removeItem(MARK);
  }
  async function unsent(person) {
    const db = await opened();
    try {
      if (!db.objectStoreNames.contains('queue')) return 0;
      return await asked(db.transaction('queue').objectStore('queue').index('person').count(person));
    } finally { db.close(); }
  }

  document.addEventListener('submit', async event => {
    const leaving = event.target, person = holds();
    if (!person || leaving !== form() || leaving.dataset.left) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    try {
      const left = await unsent(person);
      if (left) {
        const dialog = document.getElementById('confirm');
        document.getElementById('confirm-text').textContent = leaving.dataset.leaves.replace('{n}', left);
        dialog.returnValue = 'no';
        dialog.showModal();
        if (!await new Promise(resolve => dialog.addEventListener('close', () => resolve(dialog.returnValue === 'yes'), { once: true }))) return;
      }
      await wipe(person);
    } catch { /* no store to wipe: nothing lies here */ }
    leaving.dataset.left = '1';
    leaving.requestSubmit();
  }, true);

  /* Somebody else is signed in here: what the one before could open, nobody opens any more. */
  const me = form() && Number(form().dataset.person), before = holds();
  if (me && before && me !== before) wipe(before).catch(() => { /* no store, nothing to wipe */ });
})();
