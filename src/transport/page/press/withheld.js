// Whether a press was kept from the page. Arguments: whether none is to come any more; one that is stays kept from it.
const guard = window[Symbol.for("queqiao.guard")];
if (arguments[0]) guard?.end();
return guard?.withheld ?? false;
