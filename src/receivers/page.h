/*
 * A page as text in a provider's own markup, within its limit. Private to the receivers.
 */
#ifndef RECEIVERS_PAGE_H
#define RECEIVERS_PAGE_H

#include "markup.h"
#include "request.h"

struct page_style {
	const struct markup *markup;
	size_t most; /* of all the text, escapes and tags included */
	enum text_unit unit;
	bool titled; /* begins with the title in bold: where the provider has no field for it */
	bool headed; /* …before a `text` of the user's own, too, where there is a `title`: it would be shown nowhere else */
	bool links;          /* ends with the links: where the provider has no buttons for them */
	unsigned elsewhere;  /* bit i: message.links[i] has a button, and does not stand in the text */
	unsigned links_part; /* of the text that links take before anything else is cut: one part of so many; 0: half */
};

/* The title, plain and in one line: the receiver's `title`, else the message's. */
struct str page_title(const struct receiver_build *in, struct receiver_request *out, size_t most, enum text_unit unit);
/*
 * The receiver's `text`, below what it forgets to say of the message (that it is an update, the end or a drill; by whom).
 * Else what the message says: what it is, what fires and what has recovered, facts, links. Where that is too long, whole
 * rows are left out from the end, but for the links, and "…" stands in their place.
 */
struct str page_full_text(const struct receiver_build *in, struct receiver_request *out,
                          const struct page_style *style);
/*
 * Where the provider counts the whole request: text and links are given less room, step by step, until it fits. `body`
 * makes the request's JSON with at most `text` bytes of text, and of the links those that have at most `link` bytes.
 */
struct page_fit {
	size_t most, text; /* bytes of the request, and of the text to begin with */
	json_t *(*body)(const struct receiver_build *in, struct receiver_request *out, size_t text, size_t link);
};
bool page_take_fitting(const struct receiver_build *in, struct receiver_request *out, struct str url,
                       const struct page_fit *fit, const char *kind, struct err *err);
/* "CRITICAL", "#d00000", …: the row of `by_rank` for the severity; the last row for every rank beyond it. */
const char *page_by_rank(const struct message *m, const char *const *by_rank, size_t count);
/* "#2eb886" when it is over, "#daa038" once acknowledged, else the severity's colour. */
const char *page_color(const struct message *m);

/* What the templates of a receiver see (receiver_template_names()). The caller owns the reference. */
json_t *page_context(const struct message *m);
/* An invented incident in which nothing is missing: what checks of templates render. */
struct incident *page_sample(struct arena *arena);
/* {"count", "members": [{"name", "labels", "starts_at"}], "more"} */
json_t *page_members(const struct message_members *members);
/* {"runbook": "https://…", "incident": …} */
json_t *page_links(const struct message *m);

#endif
