/* Somebody else is on my line: the card is fetched at once. Without a stream the page renews itself as others do. */
(function () {
  "use strict";
  var box = document.getElementById("inbox");
  if (!box || !window.EventSource) { return; }
  var source = null;

  function listen() {
    source = new EventSource(box.getAttribute("data-stream"));
    source.addEventListener("line", function () {
      var told = document.createEvent("Event");
      told.initEvent("renew", false, false);
      box.dispatchEvent(told);
    });
  }

  /* a stream that was refused stays closed */
  setInterval(function () { if (source.readyState === 2) { listen(); } }, 5000);
  listen();
})();
