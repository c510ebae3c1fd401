/* The page of the way: what lies on the device, drawn; and when it is sent. The page asks the server for nothing that it
   needs to be drawn: after a start without a network, or after the phone died, everything stands here as it was. */
(function () {
  'use strict';
  const ours = window.SetiaField, { store, word, piece } = ours;
  const $ = (selector, from) => (from || document).querySelector(selector);
  const $$ = (selector, from) => Array.from((from || document).querySelectorAll(selector));
  const language = document.documentElement.lang, local = language === 'en' ? 'en-GB' : language; /* 24 hours, the day first */
  let view = { day: null, items: [] }, zone, drawn = '';

  const clock = at => new Date(at).toLocaleTimeString(local, { hour: '2-digit', minute: '2-digit', timeZone: zone });
  const longDay = at => new Date(at).toLocaleDateString(local, { weekday: 'long', day: 'numeric', month: 'long', timeZone: zone });
  /* Written as on every other page: Rp1.925.000, with no gap after the sign, in whatever language. */
  ours.money = sum => new Intl.NumberFormat(local, { style: 'currency', currency: ours.currency || 'IDR', currencyDisplay: 'narrowSymbol', maximumFractionDigits: (ours.currency || 'IDR') === 'IDR' ? 0 : 2 }).format(sum).replace(/\s/g, '');

  /* 1 · Pieces: texts by data-t, parts that go when theirs is empty by data-if. */
  function filled(name, given) {
    const node = piece(name);
    for (const one of $$('[data-if]', node)) if (!given[one.dataset.if]) one.remove();
    for (const one of $$('[data-t]', node)) one.textContent = given[one.dataset.t] || '';
    for (const one of $$('[data-href]', node)) one.href = given[one.dataset.href];
    return node;
  }
  function button(place, text, does, primary) {
    const one = piece('button');
    one.textContent = text;
    one.classList.toggle('btn-primary', Boolean(primary));
    one.onclick = does;
    place.append(one);
  }
  function link(place, text, address) {
    const one = piece('link');
    one.textContent = text;
    one.href = address;
    one.classList.add('btn');
    place.append(one);
  }
  const android = /Android/.test(navigator.userAgent);
  const map = where => (android ? `geo:0,0?q=${encodeURIComponent(where)}` : `https://www.openstreetmap.org/search?query=${encodeURIComponent(where)}`);

  /* 2 · The day as it is with what waits already counted in: arrived here means arrived, sent or not. So does what was sent
     since the day was fetched: the network may have gone again before it could be. */
  function standing() {
    const sent = (view.day.sent || []).filter(one => one.facts), ids = Object.fromEntries(sent.map(one => [one.key, one.activity]));
    const since = sent.filter(one => one.at > view.day.seen).reverse().map(one => ({ ...one, told: true }));
    const items = [...since, ...view.items.filter(item => item.state !== 'refused' && !(item.key in ids))];
    const list = (view.day.activities || []).map(one => ({ ...one }));
    for (const item of items) {
      if (item.kind === 'CHECK_IN') {
        const id = item.facts.activity || item.activity;
        let one = list.find(each => id && each.id === id);
        if (!one) { one = { id, kind: 'VISIT', title: item.facts.title || item.what, name: item.facts.title ? item.what : '', customer: item.facts.customer || null, customer_key: item.facts.customer_key, state: 'OPEN', mine: true }; list.push(one); }
        Object.assign(one, { key: item.key, arrived_at: item.said_at, left_at: null, waits: !item.told });
      } else if (item.kind === 'CHECK_OUT' || item.kind === 'FINISH') {
        const one = list.find(each => (item.facts.activity_key && (each.key === item.facts.activity_key || (each.id && each.id === ids[item.facts.activity_key]))) || (item.facts.activity && each.id === item.facts.activity));
        if (one) Object.assign(one, { state: 'DONE', waits: !item.told }, item.kind === 'CHECK_OUT' ? { left_at: item.said_at } : {});
      }
    }
    return list;
  }

  function activity(one) {
    const card = view.day.customers[one.customer];
    const stand = one.left_at && one.arrived_at ? word('was-there', { from: clock(one.arrived_at), to: clock(one.left_at) })
      : one.arrived_at && one.state === 'OPEN' ? word('there-since', { time: clock(one.arrived_at) }) : '';
    const late = one.due_date && one.due_date < view.day.today && one.state === 'OPEN' ? longDay(`${one.due_date}T12:00:00Z`) : '';
    const when = late || (one.planned_at && !one.arrived_at ? clock(one.planned_at) : '');
    const node = filled('activity', { ...one, note: one.state === 'OPEN' ? one.note : one.result, when, stand, card });
    $('[data-kind]', node).append(piece(`icon-${one.kind}`));
    const acts = $('[data-acts]', node), may = view.day.may;
    const there = one.arrived_at && !one.left_at && one.state === 'OPEN';
    if (may.act && one.mine && one.state === 'OPEN') {
      if (there) {
        button(acts, word('leave'), () => ours.forms.leave(view, one), true);
        if (may.photo && (one.customer || one.customer_key)) button(acts, word('photo'), () => ours.forms.photo(view, one));
      } else if (one.kind === 'VISIT' || one.kind === 'MEETING') button(acts, word('arrive'), () => ours.forms.arrive(view, one), true);
      else button(acts, word('done'), () => ours.forms.finish(view, one), true);
    }
    const whose = one.customer_key ? `key:${one.customer_key}` : one.customer ? String(one.customer) : '';
    if (there && whose && may.note) button(acts, word('note'), () => ours.forms.note(view, whose));
    if (there && whose && may.order) button(acts, word('order'), () => ours.forms.order(view, whose));
    const where = one.place || (card && (card.address || card.region));
    if (where && one.state === 'OPEN') link(acts, word('map'), map(where));
    const phone = card && card.contacts.find(each => each.kind === 'PHONE' || each.kind === 'WHATSAPP');
    if (phone && one.state === 'OPEN') link(acts, word('call'), `tel:${phone.value}`);
    if (card) facts($('[data-card]', node), card);
    return node;
  }

  function facts(place, card) {
    const row = (name, value, address) => {
      if (!value) return;
      const dt = document.createElement('dt'), dd = document.createElement('dd');
      dt.textContent = name;
      if (address) { const a = document.createElement('a'); a.className = 's-link'; a.href = address; a.textContent = value; dd.append(a); } else dd.textContent = value;
      place.append(dt, dd);
    };
    row(word('address'), card.address, card.address && map(card.address));
    row(word('region'), card.region);
    const ways = { PHONE: 'tel:', EMAIL: 'mailto:' };
    for (const one of card.contacts) row(one.kind.charAt(0) + one.kind.slice(1).toLowerCase(), one.shown, one.kind === 'WHATSAPP' ? `https://wa.me/${one.value.replace('+', '')}` : ways[one.kind] && ways[one.kind] + one.value);
    row(word('notes'), card.notes);
    row(word('latest-orders'), card.orders.map(one => `${new Date(`${one.day}T12:00:00Z`).toLocaleDateString(local)} ${ours.money(Number(one.total))}`).join(' · '));
  }

  /* 3 · What waits, and what came back: a conflict stands with both its sides. */
  function waiting(item) {
    const answer = item.answer || {}, about = answer.about;
    const wrong = item.state === 'conflict'
      ? about === 'activity' ? (answer.stands ? word('changed-meanwhile') : word('gone')) : about === 'prices' ? word('price-meanwhile') : [word('known-already'), answer.colleague].filter(Boolean).join(' ')
      : item.state === 'refused' ? (answer.words && answer.words.length ? answer.words.join(' ') : word('not-allowed')) : '';
    const sides = item.state === 'conflict' ? rows(item, answer) : [];
    const node = filled('waiting', { what: item.what, kind: word(item.kind), when: clock(item.said_at), wrong, sides: sides.length, state: word(item.state === 'refused' ? 'refused-one' : item.state) });
    for (const [name, mine, theirs] of sides) {
      const tr = document.createElement('tr'), th = document.createElement('th');
      th.scope = 'row';
      th.textContent = name;
      tr.append(th, ...[mine, theirs].map(text => { const td = document.createElement('td'); td.textContent = text || '–'; if (mine !== theirs) td.className = 's-differs'; return td; }));
      $('[data-sides]', node).append(tr);
    }
    const acts = $('[data-acts]', node);
    const again = (changes, text, primary) => button(acts, text, async () => { await store.change({ ...item, state: 'waiting', answer: null, facts: { ...item.facts, ...changes } }); await round(); }, primary);
    if (item.state === 'conflict' && (about !== 'activity' || answer.stands)) {
      again({ anyway: true }, word(about === 'twins' ? 'somebody-else' : 'send-mine'), true);
      if (about === 'prices') {
        const now = new Map(answer.prices.map(one => [one.product, one.price]));
        again({ lines: item.facts.lines.map(line => (now.get(line.product) ? { ...line, unit_price: plain(now.get(line.product)), known: now.get(line.product) } : line)) }, word('new-price'));
      }
    } else if (item.state === 'refused') again({}, word('try-again'), true);
    button(acts, word(item.state === 'waiting' ? 'take-back' : 'drop-mine'), async () => { if (await sure(word('sure-drop'))) { await store.drop(item.n); await draw(); } });
    return node;
  }
  const plain = price => { const text = String(Number(price)); return language === 'id' ? text.replace('.', ',') : text; };
  function rows(item, answer) {
    if (answer.about === 'prices') return answer.prices.map(one => {
      const line = item.facts.lines.find(each => each.product === one.product), product = view.day.products.find(each => each.id === one.product);
      return [product ? product.name : '', ours.money(Number(line.known)), one.price === null ? '' : ours.money(Number(one.price))];
    });
    if (answer.about === 'twins') return (answer.twins || []).map(one => [word('row-name'), item.what, [one.name, ...one.reasons].join(' · ')]);
    if (!answer.stands) return [];
    const mine = item.seen || {}, theirs = answer.stands;
    const moment = one => (one.planned_at ? `${longDay(one.planned_at)} ${clock(one.planned_at)}` : one.due_date ? longDay(`${one.due_date}T12:00:00Z`) : '');
    const sides = [['row-what', mine.title, theirs.title], ['row-name', mine.name, theirs.name], ['row-when', moment(mine), moment(theirs)], ['row-place', mine.place, theirs.place],
      ['row-state', word(mine.state || 'OPEN'), word(theirs.state)], ['row-owner', mine.owner, theirs.owner], ['row-note', mine.note, theirs.note]];
    return sides.filter(([, one, other]) => one || other).map(([name, one, other]) => [word(name), one || '', other || '']);
  }
  function sure(question) {
    const dialog = $('#sure');
    $('#sure-text').textContent = question;
    dialog.returnValue = 'no';
    dialog.showModal();
    return new Promise(resolve => dialog.addEventListener('close', () => resolve(dialog.returnValue === 'yes'), { once: true }));
  }

  /* 4 · Drawing. */
  function part(name, nodes) { $(`#${name}`).replaceChildren(...nodes); $(`#part-${name}`).hidden = !nodes.length; }
  function notices() {
    const said = [], state = ours.world.state, tell = (text, link, href) => said.push(filled('notice', { text, link, href }));
    if (!store.safe) tell(word('unsafe'), word('unsafe-how'), '/help/field/');
    if (location.hash === '#away' && state !== 'online') tell(word('away'));
    if (state === 'signed-out') tell(word('signed-out'), word('sign-in'), `/sign-in/?next=${encodeURIComponent(location.pathname)}`);
    if (state === 'refused') tell(word('refused'));
    $('#notices').replaceChildren(...said);
  }
  async function draw() {
    const [day, items] = [await store.day(), await store.list()];
    view = { day, items };
    const net = $('#net'), state = ours.world.state, on = state === 'online' && navigator.onLine;
    net.textContent = [state === 'unknown' ? '' : word(on ? 'online' : 'offline'), items.length ? word('to-send', { n: items.length }) : ''].filter(Boolean).join(' · ');
    net.classList.toggle('s-on', on && !items.length);
    net.classList.toggle('s-off', !on || items.length > 0);
    document.body.dataset.items = String(items.length);
    document.body.dataset.net = state;
    notices();
    $('#bar').hidden = !day || !day.may.act;
    if (!day) {
      $('#day').textContent = state === 'unknown' ? '' : word('nothing-yet');
      for (const name of ['waiting', 'going', 'open', 'ended', 'sent']) part(name, []);
      $('#part-none').hidden = true;
      drawn = '';
      return;
    }
    zone = day.zone;
    ours.currency = day.currency;
    $('#day').textContent = word('as-of', { day: longDay(`${day.today}T12:00:00Z`), time: clock(day.seen) });
    /* What has not changed is left as it is: a card that is open stays open, and a finger meets what it aimed at. */
    const mark = JSON.stringify([{ ...day, seen: 0, ahead: 0 }, items]);
    if (mark === drawn) return;
    drawn = mark;
    const list = standing(), going = list.filter(one => one.arrived_at && !one.left_at && one.state === 'OPEN');
    part('waiting', items.map(waiting));
    part('going', going.map(activity));
    const open = list.filter(one => one.state === 'OPEN' && !going.includes(one)), late = one => Boolean(one.due_date) && one.due_date < day.today;
    part('open', [...open.filter(one => !late(one)), ...open.filter(late)].map(activity)); /* today's way first */
    part('ended', list.filter(one => one.state === 'DONE').map(activity));
    part('sent', (day.sent || []).map(one => filled('sent', { what: one.what, kind: word(one.kind), when: clock(one.at), flags: one.flags.length ? word('flagged') : '' })));
    $('#part-none').hidden = list.length > 0;
    for (const [kind, may] of [['visit', day.may.act], ['note', day.may.note], ['order', day.may.order], ['prospect', day.may.prospect]]) $(`[data-open="${kind}"]`).hidden = !may;
  }
  ours.tell = text => { const one = filled('notice', { text }); $('#notices').append(one); one.scrollIntoView({ block: 'nearest' }); };

  /* 5 · When it is sent: at the start, with the network, on coming back to the page, after each thing; else now and then. */
  let redraw = Promise.resolve();
  const report = () => { redraw = redraw.then(draw, draw); };
  async function round() {
    if (await ours.refresh() === 'online') await ours.send(report);
    await draw();
  }
  ours.kept = () => { report(); round(); };
  const calmly = () => round().catch(() => { ours.world.state = 'offline'; report(); });
  for (const opener of $$('[data-open]')) opener.onclick = () => ours.forms[opener.dataset.open](view);
  addEventListener('online', calmly);
  addEventListener('offline', () => { ours.world.state = 'offline'; report(); });
  document.addEventListener('visibilitychange', () => { if (!document.hidden) calmly(); });
  setInterval(() => { if (!document.hidden) calmly(); }, 30000);
  addEventListener('beforeunload', event => { if (!store.safe && view.items.length) event.preventDefault(); });
  if ('serviceWorker' in navigator) navigator.serviceWorker.register('/worker.js').catch(() => { /* the notice above says what is missing */ });
  if (navigator.storage && navigator.storage.persist) navigator.storage.persist();
  report();
  calmly();
})();
