/* Single keys lead to the pages of the menu, unless somebody is typing or has switched them off.
   Old browsers run this, too. */
(function () {
  "use strict";
  var NOTE = "everycall keys";
  var switched = document.querySelector("[data-keys]");

  function isOff() {
    try { return window.localStorage.getItem(NOTE) === "off"; } catch (blocked) { return false; }
  }

  function show() {
    var off = isOff();
    document.documentElement.className = document.documentElement.className.replace(/ ?\bno-keys\b/g, "") + (off ? " no-keys" : "");
    if (switched) { switched.setAttribute("aria-pressed", String(!off)); }
  }

  if (switched) {
    switched.hidden = false;
    switched.addEventListener("click", function () {
      try { window.localStorage.setItem(NOTE, isOff() ? "on" : "off"); } catch (blocked) { return; }
      show();
    });
  }
  show();

  /* a menu that was opened is closed where the keyboard is, and the keyboard stays there */
  function close(event) {
    var menu = event.target.closest ? event.target.closest("details.who[open]") : null;
    if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
  }

  /* a form that was refused begins at its first mistake */
  var wrong = document.querySelector('[aria-invalid="true"]');
  if (wrong) { wrong.focus(); }

  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape") { close(event); return; }
    var typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
    if (typing || event.ctrlKey || event.metaKey || event.altKey || isOff()) { return; }
    var key = event.key.replace(/[^a-z]/g, "");
    if (key.length !== 1) { return; }
    /* what the page offers goes before the menu, which stands before it */
    var found = document.querySelector('main [accesskey="' + key + '"]') || document.querySelector('.top nav [data-key="' + key + '"]');
    if (!found) { return; }
    event.preventDefault();
    if (/^(INPUT|SELECT|TEXTAREA)$/.test(found.tagName)) { found.focus(); } else { found.click(); }
  });
})();
