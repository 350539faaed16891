/* Single keys lead to the pages of the menu, unless somebody is typing. Old browsers run this, too. */
(function () {
  "use strict";
  document.addEventListener("keydown", function (event) {
    var typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
    if (typing || event.ctrlKey || event.metaKey || event.altKey) { return; }
    var link = document.querySelector('.top nav a[accesskey="' + event.key.replace(/[^a-z]/g, "") + '"]');
    if (link) { window.location.href = link.href; }
  });
})();
