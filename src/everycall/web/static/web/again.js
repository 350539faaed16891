/* Where the live script cannot run, the page comes anew: written for any browser at all. */
setTimeout(function () {
  if (!window.everycallLive) {
    setTimeout(function () { window.location.reload(); }, 10000);
  }
}, 3000);
