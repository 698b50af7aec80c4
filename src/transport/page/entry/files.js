// The file input that is meant by the element of this document that carries the mark; null when it is gone.
const element = document[Symbol.for("queqiao")]?.elements.get(arguments[0]);
if (!element?.isConnected) return null;
const FILE = "input[type=file]";
if (element.matches(FILE)) return element;
const control = element.closest("label")?.control;
if (control?.matches(FILE)) return control;
// layui puts the input beside the button that stands for it.
return element.querySelector(FILE) ?? element.closest(".el-upload, .ant-upload, .filebox")?.querySelector(FILE) ?? element.parentElement.querySelector(FILE) ?? element;
