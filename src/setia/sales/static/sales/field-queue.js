/* Sends what waits, in its order, each thing under its own key: a thing leaves the device only once the server has said
   what became of it, so a lost answer means sending it again, and the key that nothing is done twice.
   world: what the server said latest (who is signed in, the token, how far this clock is ahead). */
window.SetiaField = window.SetiaField || {};
(function (ours) {
  'use strict';
  const { store } = ours;
  const DAY = '/sales/field/day/', SEND = '/sales/field/send/';
  const PATIENCE = 45000;
  ours.world = { state: 'unknown', token: '', ahead: null };

  async function fetched(address, options) {
    const stop = new AbortController(), late = setTimeout(() => stop.abort(), PATIENCE);
    try {
      const response = await fetch(address, { credentials: 'same-origin', cache: 'no-store', redirect: 'manual', signal: stop.signal, ...options });
      if (response.type === 'opaqueredirect') return { signedOut: true };
      /* a hotel's own page in between answers in HTML: that is no network for us */
      const json = (response.headers.get('Content-Type') || '').startsWith('application/json');
      return { status: response.status, body: json ? await response.json() : null };
    } catch { return { offline: true }; } finally { clearTimeout(late); }
  }

  /* What is kept of the day is read, changed and written by one at a time, in whatever tab. */
  const alone = work => (navigator.locks ? navigator.locks.request('setia-field-day', work) : work());

  /* The day anew. Answers: online, offline, signed-out, refused. `seen` is when it was asked for: what was sent since may
     not be in it, however late the answer comes, and one that was asked for before the day that lies here is old. */
  ours.refresh = async function () {
    const seen = Date.now();
    const answer = await fetched(DAY, { headers: { Accept: 'application/json' } });
    const now = Date.now();
    if (answer.offline || (answer.status >= 500) || (answer.status === 200 && !answer.body)) return (ours.world.state = 'offline');
    if (answer.signedOut) return (ours.world.state = 'signed-out');
    if (answer.status !== 200) return (ours.world.state = 'refused');
    const { token, lock, now: theirs, ...day } = answer.body;
    Object.assign(ours.world, { state: 'online', token, ahead: Math.round((now - theirs) / 1000), person: day.person });
    await store.enter(day.person.id, lock);
    await alone(async () => {
      const before = await store.day();
      if (before && before.seen > seen && before.seen <= now) return;
      const sent = ((before && before.sent) || []).filter(one => now - one.at < 86400000);
      await store.keepDay({ ...day, ahead: ours.world.ahead, seen, sent });
    });
    return ours.world.state;
  };

  async function post(item) {
    const who = await store.current();
    const sent = { key: item.key, kind: item.kind, person: who.id, said_at: item.said_at, sent_at: Date.now(), ahead: item.ahead, facts: item.facts };
    const body = new FormData();
    body.append('sent', JSON.stringify(sent));
    const photo = item.hasPhoto && await store.photo(item.n);
    if (photo) body.append('photo', new Blob([photo], { type: 'image/jpeg' }), 'photo.jpg');
    return fetched(SEND, { method: 'POST', body, headers: { 'X-CSRFToken': ours.world.token, Accept: 'application/json' } });
  }

  function remember(item, body) {
    return alone(async () => {
      const day = await store.day();
      if (!day) return;
      const visit = ['CHECK_IN', 'CHECK_OUT', 'FINISH'].includes(item.kind) ? { facts: item.facts, said_at: item.said_at, activity: body.activity } : {};
      day.sent = [{ key: item.key, kind: item.kind, what: item.what, at: Date.now(), flags: body.flags || [], ...visit }, ...(day.sent || [])].slice(0, 50);
      await store.keepDay(day);
    });
  }

  /* What speaks of something that is held back waits with it. */
  const after = (item, held) => [item.facts.activity_key, item.facts.customer_key].some(key => key && held.has(key));

  async function each(report) {
    const held = new Set();
    let renewed = false, done = 0;
    for (const item of await store.list()) {
      if (item.state === 'conflict' || item.state === 'refused' || after(item, held)) { held.add(item.key); continue; }
      let answer = await post(item);
      if (answer.status === 403 && !answer.body && !renewed) { /* the token is older than the session */
        renewed = true;
        if (await ours.refresh() !== 'online') break;
        answer = await post(item);
      }
      if (answer.signedOut) { ours.world.state = 'signed-out'; break; }
      const body = answer.body || {};
      if (body.state === 'done') { await remember(item, body); await store.drop(item.n); done += 1; report(); continue; }
      if (body.state === 'somebody else') { await ours.refresh(); break; }
      if (body.state === 'earlier') { held.add(item.key); continue; }
      if (body.state === 'conflict' || body.state === 'refused') { await store.change({ ...item, state: body.state, answer: body }); held.add(item.key); report(); continue; }
      if (answer.status === 403) { await store.change({ ...item, state: 'refused', answer: { words: [] } }); held.add(item.key); report(); continue; }
      ours.world.state = 'offline';
      break;
    }
    return done;
  }

  /* One tab at a time, and never two rounds at once. */
  let running = null, again = false;
  ours.send = function (report) {
    if (running) { again = true; return running; }
    const round = () => each(report);
    running = (navigator.locks ? navigator.locks.request('setia-field', round) : round())
      .then(async done => { if (done) await ours.refresh(); })
      .catch(() => { ours.world.state = 'offline'; })
      .finally(() => { running = null; report(); if (again) { again = false; ours.send(report); } });
    return running;
  };

  const hex = buffer => Array.from(new Uint8Array(buffer), byte => byte.toString(16).padStart(2, '0')).join('');
  /* Writes a thing down on the device; resolves once it is on the disk. `seen` is what it speaks of, as it stood here. */
  ours.keep = async function (kind, facts, what, photo, at, seen) {
    const day = await store.day();
    const item = { key: hex(crypto.getRandomValues(new Uint8Array(16))), kind, facts, what, said_at: at || Date.now(), ahead: day && day.ahead !== undefined ? day.ahead : null, state: 'waiting', seen: seen || null };
    await store.add(item, photo);
    return item.key;
  };
  ours.hex = hex;
})(window.SetiaField);
