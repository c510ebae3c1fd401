/* Before the first paint: the theme and the width of the navigation that the reader chose on this device. */
(function () {
  'use strict';
  const root = document.documentElement, dark = matchMedia('(prefers-color-scheme: dark)');
  const kept = key => { try { return localStorage.getItem(key); } catch { return null; } };
  const set = () => {
    const chosen = kept('setia-theme');
    root.dataset.theme = chosen === 'light' || chosen === 'dark' ? chosen : 'auto';
    root.dataset.bsTheme = root.dataset.theme === 'auto' ? (dark.matches ? 'dark' : 'light') : root.dataset.theme;
    root.toggleAttribute('data-folded', kept('setia-nav') === 'folded');
  };
  set();
  const tell = () => document.dispatchEvent(new CustomEvent('setia:theme'));
  /* Paper is light: pictures are drawn anew for it, and again for the screen. */
  addEventListener('beforeprint', () => { root.dataset.bsTheme = 'light'; tell(); });
  addEventListener('afterprint', () => { set(); tell(); });
  dark.addEventListener('change', () => { set(); tell(); });
})();
