/* Passkeys: the buttons exist in the HTML but stay hidden until the browser can use one. */
(function(d,w){
  var failed=d.querySelector("[data-passkey-failed]"),missing=d.querySelector("[data-passkey-missing]");
  if(w.PublicKeyCredential){
    if(missing)missing.hidden=true;
    d.querySelectorAll("[data-passkey]").forEach(function(b){b.hidden=false;
      b.addEventListener("click",function(){failed.hidden=true})});
  }
  // Closing the browser's question is no fault of the page: say what happened instead of logging it.
  d.addEventListener("allauth.error",function(e){e.preventDefault();failed.hidden=false});
})(document,window);
