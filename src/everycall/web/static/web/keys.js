/* Single keys lead to the pages of the menu, unless somebody is typing. Old browsers run this, too. */
(function () {
  "use strict";
  document.addEventListener("keydown", function (event) {
    var typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
    if (typing || event.ctrlKey || event.metaKey || event.altKey) { return; }
    var key = event.key.replace(/[^a-z]/g, "");
    if (!key) { return; }
    var named = '[accesskey="' + key + '"]';
    /* what the page offers goes before the menu, which stands before it */
    var found = document.querySelector("main " + named) || document.querySelector(".top nav a" + named);
    if (found) { event.preventDefault(); found.click(); }
  });
})();
