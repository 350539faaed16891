/* Single keys lead to the pages of the menu, unless somebody is typing. Old browsers run this, too. */
(function () {
  "use strict";
  document.addEventListener("keydown", function (event) {
    var typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
    if (typing || event.ctrlKey || event.metaKey || event.altKey) { return; }
    var key = event.key.replace(/[^a-z]/g, "");
    var found = key && document.querySelector('main [accesskey="' + key + '"], .top nav a[accesskey="' + key + '"]');
    if (found) { event.preventDefault(); found.click(); }
  });
})();
