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

for (const block of document.querySelectorAll(".code")) {
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
