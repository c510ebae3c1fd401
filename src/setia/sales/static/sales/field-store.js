/* What a person takes along and has not sent yet, kept on the device.
   Everything is locked (AES-GCM) with a key that the server tells that person alone. The device keeps the key, in a form
   nobody can read out, while that person is the one at work here; as soon as somebody else comes, or on signing out, the
   key goes and with it the day. What was not sent stays behind, locked, until that person is back and the key with them.
   A page without HTTPS has neither the locks nor a worker: then everything lives in memory alone, and the page says so. */
window.SetiaField = window.SetiaField || {};
(function (ours) {
  'use strict';
  const NAME = 'setia-field', MARK = 'setia-field-person';
  const SAFE = Boolean(window.isSecureContext && window.indexedDB && window.crypto && crypto.subtle);
  const encoder = new TextEncoder(), decoder = new TextDecoder();

  const asked = request => new Promise((resolve, reject) => { request.onsuccess = () => resolve(request.result); request.onerror = () => reject(request.error); });
  const ended = work => new Promise((resolve, reject) => { work.oncomplete = () => resolve(); work.onerror = work.onabort = () => reject(work.error); });
  const mark = id => { try { if (id) localStorage.setItem(MARK, String(id)); else localStorage.removeItem(MARK); } catch { /* a private window keeps nothing */ } };

  let opened = null;
  function open() {
    opened = opened || new Promise((resolve, reject) => {
      const request = indexedDB.open(NAME, 1);
      request.onupgradeneeded = () => {
        request.result.createObjectStore('people', { keyPath: 'id' });
        request.result.createObjectStore('days', { keyPath: 'person' });
        request.result.createObjectStore('queue', { keyPath: 'n', autoIncrement: true }).createIndex('person', 'person');
      };
      request.onsuccess = () => { request.result.onversionchange = () => { request.result.close(); opened = null; }; resolve(request.result); };
      request.onerror = () => { opened = null; reject(request.error); };
    });
    return opened;
  }
  /* A phone that dies right after must not lose what it has confirmed: strict writes reach the disk first. */
  async function writing(stores, does) {
    const work = (await open()).transaction(stores, 'readwrite', { durability: 'strict' });
    const done = ended(work);
    const found = does(work);
    await done;
    return found && found.result;
  }
  async function reading(store, does) { return asked(does((await open()).transaction(store).objectStore(store))); }

  async function seal(key, value) {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const plain = value instanceof ArrayBuffer ? value : encoder.encode(JSON.stringify(value));
    return { iv, data: await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, plain) };
  }
  const unseal = (key, box) => crypto.subtle.decrypt({ name: 'AES-GCM', iv: box.iv }, key, box.data);
  const opening = async (key, box) => JSON.parse(decoder.decode(await unseal(key, box)));
  const bytes = text => Uint8Array.from(atob(text), letter => letter.charCodeAt(0));

  const onDisk = {
    safe: true,
    /* who is at work on this device: { id, key }, or null */
    async current() { return (await reading('people', store => store.getAll()))[0] || null; },
    async enter(id, lock) {
      const key = await crypto.subtle.importKey('raw', bytes(lock), 'AES-GCM', false, ['encrypt', 'decrypt']);
      const before = await this.current();
      await writing(['people', 'days'], work => {
        work.objectStore('people').clear();
        work.objectStore('people').put({ id, key });
        if (!before || before.id !== id) work.objectStore('days').clear();
      });
      mark(id);
    },
    /* the key and the day go; answers how many things stay behind, locked */
    async leave() {
      await writing(['people', 'days'], work => { work.objectStore('people').clear(); work.objectStore('days').clear(); });
      mark(0);
    },
    async keepDay(day) {
      const who = await this.current();
      const box = await seal(who.key, day);
      await writing(['days'], work => { work.objectStore('days').put({ person: who.id, ...box }); });
    },
    async day() {
      const who = await this.current();
      const box = who && await reading('days', store => store.get(who.id));
      if (!box) return null;
      try { return await opening(who.key, box); } catch { return null; /* of another key: the server's own was changed */ }
    },
    async add(item, photo) {
      const who = await this.current();
      const row = { person: who.id, ...await seal(who.key, item), photo: photo ? await seal(who.key, photo) : null };
      return writing(['queue'], work => work.objectStore('queue').add(row));
    },
    async change(item) {
      const who = await this.current();
      const { n, ...rest } = item;
      const box = await seal(who.key, rest);
      const db = await open(), work = db.transaction(['queue'], 'readwrite', { durability: 'strict' }), done = ended(work);
      const store = work.objectStore('queue'), request = store.get(n);
      request.onsuccess = () => { if (request.result) store.put({ ...request.result, ...box }); };
      await done;
    },
    async drop(n) { await writing(['queue'], work => { work.objectStore('queue').delete(n); }); },
    /* in the order they were done; what cannot be opened is counted by `locked` alone */
    async list() {
      const who = await this.current();
      if (!who) return [];
      const found = [];
      for (const row of await reading('queue', store => store.index('person').getAll(who.id))) {
        try { found.push({ n: row.n, ...await opening(who.key, row), hasPhoto: Boolean(row.photo) }); } catch { /* of another key */ }
      }
      return found;
    },
    async photo(n) {
      const who = await this.current();
      const row = await reading('queue', store => store.get(n));
      return row && row.photo ? unseal(who.key, row.photo) : null;
    },
    /* what lies here, of whomever: a number for a warning, nothing of what it is */
    async count() { const who = await this.current(); return who ? reading('queue', store => store.index('person').count(who.id)) : 0; },
  };

  const kept = { who: null, day: null, rows: [], n: 0 };
  const inMemory = {
    safe: false,
    async current() { return kept.who; },
    async enter(id) { if (!kept.who || kept.who.id !== id) { kept.day = null; kept.rows = []; } kept.who = { id }; },
    async leave() { kept.who = kept.day = null; kept.rows = []; },
    async keepDay(day) { kept.day = day; },
    async day() { return kept.day; },
    async add(item, photo) { kept.n += 1; kept.rows.push({ ...item, n: kept.n, hasPhoto: Boolean(photo), bytes: photo }); return kept.n; },
    async change(item) { const row = kept.rows.find(one => one.n === item.n); if (row) Object.assign(row, item); },
    async drop(n) { kept.rows = kept.rows.filter(one => one.n !== n); },
    async list() { return kept.rows.map(({ bytes: _bytes, ...row }) => row); },
    async photo(n) { const row = kept.rows.find(one => one.n === n); return row ? row.bytes : null; },
    async count() { return kept.rows.length; },
  };
  ours.store = SAFE ? onDisk : inMemory;
  ours.MARK = MARK;
})(window.SetiaField);
