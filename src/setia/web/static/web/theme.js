/* Before the first paint: the theme and the width of the navigation the reader chose on this device. */
(function () {
  'use strict';
  const kept = key => { try { return localStorage.getItem(key); } catch (_) { return null; } };
  const dark = kept('setia-theme') || (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light');
  document.documentElement.dataset.bsTheme = dark;
  document.addEventListener('DOMContentLoaded', () => { if (kept('setia-nav') === 'small') document.body.dataset.nav = 'small'; });
})();
