/* The forms of the way: each asks for what one kind of thing needs and hands it to the store, offline or not. */
window.SetiaField = window.SetiaField || {};
(function (ours) {
  'use strict';
  const $ = (selector, from) => (from || document).querySelector(selector);
  const $$ = (selector, from) => Array.from((from || document).querySelectorAll(selector));
  const word = (name, given) => {
    const found = $(`[data-word="${name}"]`, $('#words').content);
    return Object.entries(given || {}).reduce((text, [key, value]) => text.replace(`{${key}}`, () => value), found ? found.textContent : '');
  };
  const piece = name => $(`#t-${name}`).content.firstElementChild.cloneNode(true);

  /* 1 · Where one is. The form waits for nobody: what is known when it is sent goes along. */
  function locate(form) {
    const said = $('[data-place] span', form), found = { value: null };
    if (!said) return found;
    const tell = (name, given) => { said.textContent = word(name, given); };
    if (!navigator.geolocation || !window.isSecureContext) { tell('not-found'); return found; }
    tell('finding');
    navigator.geolocation.getCurrentPosition(place => {
      const { latitude, longitude, accuracy } = place.coords;
      found.value = { latitude, longitude, accuracy_m: accuracy };
      tell('found', { n: Math.round(accuracy) });
    }, error => tell(error.code === 1 ? 'denied' : 'not-found'), { enableHighAccuracy: true, timeout: 20000, maximumAge: 15000 });
    return found;
  }

  /* 2 · Customers to choose from: those of the day, and those taken down here that the server does not know yet. */
  function customers(select, view, first) {
    const option = (value, text, name) => { const one = document.createElement('option'); one.value = value; one.textContent = text; one.dataset.name = name || text; return one; };
    const known = Object.values(view.day.customers || {}).sort((a, b) => a.name.localeCompare(b.name));
    const fresh = view.items.filter(item => item.kind === 'PROSPECT');
    const sent = (view.day.sent || []).filter(item => item.kind === 'PROSPECT' && !fresh.some(one => one.key === item.key));
    select.replaceChildren(option('', word(first)), ...fresh.map(item => option(`key:${item.key}`, word('new-one', { name: item.what }), item.what)),
      ...sent.map(item => option(`key:${item.key}`, item.what)), ...known.map(one => option(String(one.id), one.name)));
  }
  const whom = value => (value.startsWith('key:') ? { customer_key: value.slice(4) } : value ? { customer: Number(value) } : {});
  const called = select => (select.value ? select.selectedOptions[0].dataset.name : '');

  /* 3 · Lines of an order. A product is chosen by its name from those taken along; anything else is a description. */
  const decimal = () => (document.documentElement.lang === 'id' ? ',' : '.');
  function number(text) {
    const plain = text.replace(/[\s\u00a0]/g, ''), mark = decimal(), other = mark === ',' ? '.' : ',';
    if (!/^\d[\d.,]*$/.test(plain)) return NaN;
    const whole = ours.currency === 'IDR' && /^\d{1,3}([.,]\d{3})+$/.test(plain) ? plain.replace(/[.,]/g, '') : plain.split(other).join('').replace(mark, '.');
    return Number(whole);
  }
  const shownPrice = text => (text === null ? '' : decimal() === ',' ? text.replace('.', ',') : text);
  /* As it stands in the field: with the marks of thousands where the currency has no cents to mistake them for. */
  const grouped = price => (ours.currency === 'IDR' && Number.isInteger(Number(price)) ? new Intl.NumberFormat(document.documentElement.lang).format(Number(price)) : shownPrice(price));
  function lines(form, view) {
    const place = $('[data-lines]', form), list = $('#products', form);
    const products = new Map((view.day.products || []).map(one => [`${one.name} · ${one.code}`, one]));
    list.replaceChildren(...Array.from(products.keys(), name => { const one = document.createElement('option'); one.value = name; return one; }));
    const add = () => { place.append(piece('line')); $('input', place.lastElementChild).focus(); };
    const total = () => {
      const sum = $$('.s-way-line', place).reduce((all, line) => all + (number($('[name=quantity]', line).value) * number($('[name=unit_price]', line).value) || 0), 0);
      $('[data-total]', form).textContent = ours.money(sum);
    };
    place.replaceChildren(piece('line'));
    place.oninput = event => {
      const line = event.target.closest('.s-way-line'), product = products.get($('[name=product]', line).value);
      if (event.target.name === 'product' && product && product.price !== null) $('[name=unit_price]', line).value = grouped(product.price);
      total();
    };
    $('[data-add-line]', form).onclick = add;
    total();
    return () => $$('.s-way-line', place).map(line => {
      const typed = name => $(`[name=${name}]`, line).value.trim(), product = products.get($('[name=product]', line).value);
      if (!typed('product') && !typed('unit_price')) return null;
      const price = typed('unit_price'), left = product && product.price !== null && number(price) === Number(product.price);
      const found = { quantity: typed('quantity'), unit_price: left ? shownPrice(product.price) : price };
      if (product) Object.assign(found, { product: product.id, known: product.price }); else found.description = typed('product');
      found.whole = Boolean(typed('product')) && number(found.quantity) > 0 && number(price) >= 0;
      return found;
    }).filter(Boolean);
  }

  /* 4 · One form: opened, filled, kept. `keeps` gets the fields and answers what went wrong in words, or nothing. */
  function ask(kind, about, view, keeps, prepare) {
    const dialog = $(`#d-${kind}`), form = $('form', dialog), wrong = $('[data-wrong]', form);
    const at = Date.now();
    form.reset();
    wrong.hidden = true;
    $('[data-about]', form).textContent = about || '';
    const more = prepare ? prepare(form) : null, place = locate(form);
    form.onsubmit = async event => {
      event.preventDefault();
      if (form.dataset.busy) return;
      form.dataset.busy = '1';
      try {
        const said = await keeps(new FormData(form), { at, place: place.value, more, form });
        wrong.textContent = said || '';
        wrong.hidden = !said;
        if (!said) { dialog.close(); ours.kept(); }
      } catch { wrong.textContent = word('full'); wrong.hidden = false; } finally { delete form.dataset.busy; }
    };
    $('[data-close]', form).onclick = () => dialog.close();
    dialog.showModal();
  }
  const text = (data, name) => String(data.get(name) || '').trim();

  ours.forms = {
    visit(view) {
      ask('visit', '', view, async (data, { at, place, form }) => {
        const who = $('[name=customer]', form);
        const title = text(data, 'title');
        await ours.keep('CHECK_IN', { ...whom(who.value), title, ...place }, called(who) || title || word('CHECK_IN'), null, at);
      }, form => customers($('[data-customers]', form), view, 'nobody'));
    },
    arrive(view, one) {
      ask('arrive', `${one.title} · ${one.name}`, view, async (_data, { at, place }) => {
        await ours.keep('CHECK_IN', { activity: one.id, version: one.version, ...place }, one.name || one.title, null, at, one);
      });
    },
    leave(view, one) {
      ask('leave', `${one.title} · ${one.name}`, view, async (data, { at, place }) => {
        const where = one.key ? { activity_key: one.key } : { activity: one.id };
        const facts = { ...where, version: one.version || '', outcome: text(data, 'outcome'), result: text(data, 'result'), ...place };
        await ours.keep('CHECK_OUT', facts, one.name || one.title, null, at, one);
      });
    },
    finish(view, one) {
      ask('finish', `${one.title} · ${one.name}`, view, async (data, { at }) => {
        await ours.keep('FINISH', { activity: one.id, version: one.version, outcome: text(data, 'outcome'), result: text(data, 'result') }, one.title, null, at, one);
      });
    },
    note(view, whose) {
      ask('note', '', view, async (data, { at, form }) => {
        const body = text(data, 'body');
        if (!body) return word('need-words');
        await ours.keep('NOTE', { ...whom($('[name=customer]', form).value), body }, body.slice(0, 80), null, at);
      }, form => { customers($('[data-customers]', form), view, 'nobody'); $('[name=customer]', form).value = whose || ''; });
    },
    order(view, whose) {
      ask('order', '', view, async (data, { at, more, form }) => {
        const who = $('[name=customer]', form), rows = more();
        if (!who.value) return word('need-customer');
        if (!rows.length || rows.some(row => !row.whole)) return word('need-line');
        await ours.keep('ORDER', { ...whom(who.value), lines: rows.map(({ whole: _whole, ...row }) => row), note: text(data, 'note') }, `${called(who)} · ${$('[data-total]', form).textContent}`, null, at);
      }, form => { customers($('[data-customers]', form), view, 'choose'); $('[name=customer]', form).value = whose || ''; return lines(form, view); });
    },
    prospect(view) {
      ask('prospect', '', view, async (data, { at }) => {
        const facts = Object.fromEntries(['name', 'whatsapp', 'email', 'region', 'source', 'note'].map(name => [name, text(data, name)]));
        if (!facts.name && !facts.whatsapp && !facts.email) return word('need-name');
        await ours.keep('PROSPECT', facts, facts.name || facts.whatsapp || facts.email, null, at);
      });
    },
    photo(view, one) {
      const camera = $('#camera');
      camera.value = '';
      camera.onchange = async () => {
        const file = camera.files[0], at = Date.now();
        if (!file) return;
        try {
          const { content, facts } = await ours.photo(file);
          await ours.keep('PHOTO', { ...(one.key ? { activity_key: one.key } : { activity: one.id }), ...facts }, one.name || one.title, content, at);
          ours.kept();
        } catch { ours.tell(word('no-picture')); }
      };
      camera.click();
    },
  };
  Object.assign(ours, { word, piece });
})(window.SetiaField);
