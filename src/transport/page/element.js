// The element of this document that carries the mark; null when it is gone.
const element = document[Symbol.for("queqiao")]?.elements.get(arguments[0]);
return element?.isConnected ? element : null;
