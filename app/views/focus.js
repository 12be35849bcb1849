(() => {
  if (window.zhinan) return;
  window.zhinan = true;
  document.documentElement.lang = 'zh-CN';
  const box = () => document.querySelector('.st-key-askbar input');
  let tries = 40, followed = null;
  const skip = document.querySelector('a[href="#stMain"]');
  if (skip) skip.textContent = '跳到正文';
  const focus = () => box() ? box().focus({ preventScroll: true }) : tries-- && setTimeout(focus, 100);
  if (matchMedia('(pointer: fine)').matches && !location.hash) focus();
  document.addEventListener('click', event => {
    const link = event.target.closest?.('.zn a[href^="#zn-"]:not(.zn-close)');
    if (link && !link.closest('.zn-reader')) followed = link;
    if (event.target.closest?.('.zn-close')) setTimeout(() => followed?.focus({ preventScroll: true }));
  });
  const showFollowed = () => {
    for (const link of document.querySelectorAll('.zn a.zn-cite'))
      link.hash === location.hash ? link.setAttribute('aria-current', 'true') : link.removeAttribute('aria-current');
    for (const mark of document.querySelectorAll('.zn mark[data-of]'))
      mark.classList.toggle('zn-on', '#' + mark.dataset.of === location.hash);
  };
  addEventListener('hashchange', showFollowed);
  // A link with a place in it, opened anew: the place is drawn after the browser has looked for it.
  new MutationObserver(() => {
    if (!location.hash.startsWith('#zn-') || document.querySelector(':target')) return;
    if (document.getElementById(location.hash.slice(1))) { location.replace(location.hash); showFollowed(); }
  }).observe(document.body, { childList: true, subtree: true });
  document.addEventListener('keydown', event => {
    const typing = event.target.closest?.('input, textarea');
    if (event.key === '/' && !typing && !event.ctrlKey && !event.metaKey) { event.preventDefault(); box()?.focus(); }
    if (event.key === 'Escape' && !event.isComposing)
      [...document.querySelectorAll('.zn-close')].find(link => link.offsetParent)?.click();
  });
})();
