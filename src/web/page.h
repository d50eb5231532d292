/*
 * The frame of every page: head, navigation, foot, and how it is answered. URLs are relative, so that the pages work behind
 * any prefix; nothing in them needs another host, nothing is inline, and all of it works without the script.
 */
#ifndef WEB_PAGE_H
#define WEB_PAGE_H

#include "api_impl.h"
#include "catalog/schedule.h"
#include "html.h"

#define PAGE_MAX (16 * 1024 * 1024) /* bytes of a page's HTML */

struct page {
	struct api *api;
	struct http_exchange *x;
	struct config *config; /* a reference: of when it was asked */
	struct buf out;
	struct html html;
	const char *root; /* the way to "/": "./", "../" */
	struct arena *arena;
	unsigned rights; /* RIGHT_… of who asks */
	bool has_form;   /* one that posts */
	int64_t now;     /* wall clock, ms */
};

/* What stands around a page's own text. */
struct page_frame {
	const char *root;
	const char *place; /* which entry of the navigation it belongs to: "open", "noise", …; "" none */
	struct str title;
	bool live;   /* the script keeps it up to date, by events; without the script it loads itself anew */
	bool narrow; /* "main" is one column of text */
};
void page_frame_begin(struct html *h, const struct page_frame *frame);
void page_frame_end(struct html *h);

struct page *page_new(struct api *api, struct http_exchange *x, const char *root);
void page_begin(struct page *p, const char *place, struct str title, bool live);
/* Closes the frame and answers with it; the page is gone. */
void page_reply(struct page *p, int code);
/* The headers of every page; `x` is gone. */
void page_reply_html(struct http_exchange *x, int code, struct str html, bool has_form);
/* A page that says why there is none; `x` is gone. */
void page_refuse(struct api *api, struct http_exchange *x, const char *root, int code, struct str why);
/* 303 to another page of ours, as seen from where the form was posted. */
void page_redirect(struct http_exchange *x, struct str to);
bool page_may(const struct page *p, unsigned right);

/* ---- page_parts.c: what several pages show ---- */

/* "2026-11-30 01:05 UTC", which the script makes the reader's own; nothing for 0. */
void part_time(struct page *p, int64_t at);
/* The same with " (5m ago)" or " (in 5m)"; `past` is "ago", or what it means that it is over: "overdue". */
void part_time_from_now(struct page *p, int64_t at, const char *past);
void part_ago(struct page *p, int64_t at);                         /* "5m" with the exact time on it */
void part_fact(struct page *p, const char *name, struct str text); /* a row of a <dl>; nothing for empty text */
void part_fact_begin(struct page *p, const char *name);
void part_fact_end(struct page *p);
void part_labels(struct page *p, const char *title, const struct labels *labels);
void part_on_call(struct page *p, const struct on_call *who); /* the name, and how to reach it */
void part_severity(struct page *p, struct str name, int rank);
void part_state(struct page *p, const char *state);
/* A link into the runbook pages, with the incident beside it where `key` is not empty. */
void part_runbook_link(struct page *p, struct str path, struct str title, struct str key);

#endif
