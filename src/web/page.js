/* What pages do where scripts run: copy commands, keep lists fresh, move by keys. Without it everything still works. */
"use strict";

// A button for every block of commands. Browsers lend the clipboard only to secure pages that are in front; elsewhere the
// block is selected and copied the old way.
function copyOldWay(code) {
	const range = document.createRange();
	range.selectNodeContents(code);
	const selection = getSelection();
	selection.removeAllRanges();
	selection.addRange(range);
	return document.execCommand("copy");
}

async function copy(code) {
	try {
		await navigator.clipboard.writeText(code.textContent.trimEnd());
		return true;
	} catch {
		return copyOldWay(code);
	}
}

function addCopyButton(block) {
	const button = document.createElement("button");
	button.type = "button";
	button.className = "copy";
	button.textContent = "Copy";
	button.addEventListener("click", async () => {
		const done = await copy(block.querySelector("code"));
		button.textContent = done ? "Copied" : "Failed";
		setTimeout(() => { button.textContent = "Copy"; }, 2000);
	});
	block.append(button);
}

// ---- times: the reader's own zone ----

const exact = new Intl.DateTimeFormat(undefined, {
	year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZoneName: "short",
});

function showLocalTime(time) {
	const at = new Date(time.dateTime);
	if (Number.isNaN(at.getTime()))
		return;
	if (time.classList.contains("ago"))
		time.title = exact.format(at);
	else
		time.textContent = exact.format(at);
}

function dress(root) {
	root.querySelectorAll(".code").forEach(addCopyButton);
	root.querySelectorAll("time[datetime]").forEach(showLocalTime);
}

// ---- live: what has changed is fetched, and takes the place of what was there ----

// What a reader is in the middle of is carried over: what was typed and chosen, the focus, what is folded out.

// A field is known by its form, its name, and its place among those of this name.
function fieldsOf(root) {
	const found = new Map(), seen = {};
	for (const field of root.querySelectorAll("input, select, textarea")) {
		const name = `${field.form?.getAttribute("action")} ${field.name}`;
		seen[name] = (seen[name] || 0) + 1;
		found.set(`${name} ${seen[name]}`, field);
	}
	return found;
}

function isChanged(field) {
	if (!field.matches("select"))
		return field.value !== field.defaultValue;
	const all = [...field.options];
	return field.value !== (all.find(o => o.defaultSelected) || all[0])?.value;
}

function carryOver(field, to) {
	if (field.matches("[type=checkbox], [type=radio]"))
		to.checked = field.checked;
	else if (isChanged(field))
		to.value = field.value;
}

// The field that is to have the focus; false where something typed has no place any more.
function carryFields(from, to) {
	const theirs = fieldsOf(to);
	let focused = null;
	for (const [name, field] of fieldsOf(from)) {
		const same = theirs.get(name);
		const active = field === document.activeElement;
		if (same)
			carryOver(field, same);
		else if (active || isChanged(field))
			return false;
		focused = active ? same : focused;
	}
	return focused;
}

function keepFolds(from, to) {
	from.querySelectorAll("details").forEach((d, i) => {
		const same = to.querySelectorAll("details")[i];
		if (same)
			same.open = d.open;
	});
}

function focusAgain(main, field, link, selection) {
	if (!field)
		field = link && [...main.querySelectorAll("a[href]")].find(a => a.getAttribute("href") === link);
	field?.focus({ preventScroll: true });
	if (field && selection)
		field.setSelectionRange(...selection);
}

let composing = false; // a character is being put together from several keys
let behind = false;    // something newer waits until the reader has finished

// A list of choices that is open, and a half character, would be lost with their field.
function isInBetween(main) {
	return composing || (main.contains(document.activeElement) && document.activeElement.matches("select"));
}

function sayBehind(main) {
	if (behind)
		return;
	behind = true;
	const note = document.createElement("p");
	note.className = "behind";
	note.setAttribute("role", "status");
	note.textContent = "Not up to date: this page waits until you leave the field, or send or clear what you have typed.";
	main.append(note);
}

function replace(main, fresh, field) {
	const at = document.activeElement;
	const link = at?.getAttribute("href");
	const selection = field && at.selectionStart !== null && at.selectionStart !== undefined
		&& [at.selectionStart, at.selectionEnd, at.selectionDirection];
	keepFolds(main, fresh);
	dress(fresh);
	main.replaceChildren(...fresh.childNodes);
	behind = false;
	focusAgain(main, field, link, selection);
}

async function refresh() {
	const main = document.querySelector("main");
	if (document.hidden)
		return;
	try {
		const reply = await fetch(location.href, { headers: { Accept: "text/html" } });
		if (!reply.ok)
			return;
		const fresh = new DOMParser().parseFromString(await reply.text(), "text/html").querySelector("main");
		if (!fresh)
			return;
		const field = isInBetween(main) ? false : carryFields(main, fresh);
		if (field === false)
			sayBehind(main);
		else
			replace(main, fresh, field);
	} catch {
		// The daemon may be restarting: the next event, or the next look, shows what is there then.
	}
}

let wanted = 0;

// Several readers do not ask at the same instant.
function refreshSoon() {
	if (wanted)
		return;
	wanted = setTimeout(() => { wanted = 0; refresh(); }, 100 + Math.random() * 600);
}

// What waited is shown once the reader has finished.
function catchUp() {
	if (behind)
		refreshSoon();
}

function watchReader() {
	document.addEventListener("focusout", catchUp);
	document.addEventListener("input", e => { if (!isChanged(e.target)) catchUp(); });
	document.addEventListener("compositionstart", () => { composing = true; });
	document.addEventListener("compositionend", () => { composing = false; catchUp(); });
}

function listen(url) {
	const key = document.querySelector("main [data-key]")?.dataset.key;
	const source = new EventSource(url);
	let looking = 0;
	source.addEventListener("incident", e => {
		if (!key || JSON.parse(e.data).key === key)
			refreshSoon();
	});
	source.addEventListener("many", refreshSoon);
	source.addEventListener("open", () => {
		clearInterval(looking);
		looking = 0;
		refreshSoon(); // of what happened between the page and the stream nobody tells
	});
	source.addEventListener("error", () => {
		looking = looking || setInterval(refresh, 15000);
		if (source.readyState === EventSource.CLOSED)
			setTimeout(() => { clearInterval(looking); listen(url); }, 15000);
	});
}

// ---- keyboard ----

const keys = [["/", "search or filter"], ["j", "next incident"], ["k", "previous incident"], ["Enter", "open it"],
	["a", "to the acknowledge button"], ["?", "this list"]];

function showKeys() {
	let dialog = document.querySelector("dialog");
	if (!dialog) {
		dialog = document.createElement("dialog");
		dialog.setAttribute("aria-label", "Keys");
		const list = document.createElement("dl");
		for (const [key, what] of keys) {
			const term = document.createElement("dt"), text = document.createElement("dd"), shown = document.createElement("kbd");
			shown.textContent = key;
			term.append(shown);
			text.textContent = what;
			list.append(term, text);
		}
		const close = document.createElement("button");
		close.textContent = "Close";
		close.addEventListener("click", () => dialog.close());
		dialog.append(list, close);
		document.body.append(dialog);
	}
	dialog.showModal();
}

function step(by) {
	const links = [...document.querySelectorAll(".row > a, .runbooks a")];
	const at = links.indexOf(document.activeElement);
	const to = at < 0 ? (by > 0 ? 0 : links.length - 1) : at + by;
	links[Math.max(0, Math.min(links.length - 1, to))]?.focus();
}

function toSearch() {
	const [field] = ["input:not([type=hidden])", "textarea", "select"]
		.map(kind => document.querySelector(`[role=search] ${kind}`)).filter(Boolean);
	if (!field)
		return false;
	const around = field.closest("details");
	if (around)
		around.open = true;
	field.focus();
	return true;
}

function onKey(e) {
	if (e.ctrlKey || e.metaKey || e.altKey || e.target.matches("input, select, textarea"))
		return;
	if (e.key === "j")
		step(1);
	else if (e.key === "k")
		step(-1);
	else if (e.key === "a")
		document.querySelector(".acknowledge input, .acknowledge button")?.focus();
	else if (e.key === "?")
		showKeys();
	else if (e.key !== "/" || !toSearch())
		return;
	e.preventDefault();
}

dress(document);
document.addEventListener("keydown", onKey);
if (document.body.dataset.events && "EventSource" in window) {
	document.addEventListener("visibilitychange", () => { if (!document.hidden) refreshSoon(); });
	watchReader();
	listen(document.body.dataset.events);
}
