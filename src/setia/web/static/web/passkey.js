/* Passkeys. A form with data-passkey="get" or "create" asks the browser for one and is sent with it in the field
   `credential`. What to ask stands in the block #data-passkey, or comes from data-options (an address). A form that is
   `hidden` appears where passkeys work: over https or at localhost, under a name and not a number. */
(function () {
  'use strict';
  const numeric = /^[\d.]+$|^\[/.test(location.hostname);
  const able = Boolean(window.PublicKeyCredential && window.isSecureContext && !numeric);

  function bytes(text) {
    const plain = atob(text.replace(/-/g, '+').replace(/_/g, '/'));
    return Uint8Array.from(plain, letter => letter.charCodeAt(0));
  }
  function text(buffer) {
    let plain = '';
    for (const byte of new Uint8Array(buffer)) plain += String.fromCharCode(byte);
    return btoa(plain).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
  }
  const known = list => (list || []).map(one => Object.assign({}, one, { id: bytes(one.id) }));

  function question(options) {
    const asked = Object.assign({}, options.publicKey, { challenge: bytes(options.publicKey.challenge) });
    if (asked.user) asked.user = Object.assign({}, asked.user, { id: bytes(asked.user.id) });
    if (asked.excludeCredentials) asked.excludeCredentials = known(asked.excludeCredentials);
    if (asked.allowCredentials) asked.allowCredentials = known(asked.allowCredentials);
    return { publicKey: asked };
  }
  function answer(credential) {
    const response = { clientDataJSON: text(credential.response.clientDataJSON) };
    for (const name of ['attestationObject', 'authenticatorData', 'signature', 'userHandle'])
      if (credential.response[name]) response[name] = text(credential.response[name]);
    return {
      id: credential.id,
      rawId: text(credential.rawId),
      type: credential.type,
      authenticatorAttachment: credential.authenticatorAttachment,
      clientExtensionResults: credential.getClientExtensionResults(),
      response,
    };
  }
  async function options(form) {
    if (!form.dataset.options) return JSON.parse(document.getElementById('data-passkey').textContent);
    const reply = await fetch(form.dataset.options, { headers: { Accept: 'application/json' } });
    if (!reply.ok) throw new Error('no question');
    return (await reply.json()).request_options;
  }
  async function ask(form) {
    const said = form.querySelector('[data-passkey-said]');
    if (said) said.hidden = true;
    try {
      const asked = question(await options(form));
      const made = form.dataset.passkey === 'create' ? await navigator.credentials.create(asked) : await navigator.credentials.get(asked);
      form.elements.credential.value = JSON.stringify(answer(made));
      form.submit();
    } catch {
      /* Put off, timed out, or already there: the page says so, and everything else still works. */
      if (said) { said.hidden = false; said.focus(); }
    }
  }

  document.addEventListener('submit', event => {
    const form = event.target;
    if (!form.matches('[data-passkey]')) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    ask(form);
  }, true);
  function show() { if (able) for (const form of document.querySelectorAll('form[data-passkey][hidden]')) form.hidden = false; }
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', show); else show();
  document.addEventListener('htmx:load', show);
})();
