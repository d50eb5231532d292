/*
 * The settings of a `webhook` receiver and what its body is made from. Private to the receivers.
 */
#ifndef RECEIVERS_WEBHOOK_SETTINGS_H
#define RECEIVERS_WEBHOOK_SETTINGS_H

#include "request.h"
#include "rules/template.h"

struct webhook_header {
	char *name;
	struct str value;
};

struct webhook_settings {
	struct str url, url_file, hmac_secret, hmac_secret_file, bearer_token, bearer_token_file;
	const struct yaml_node *headers_node, *body_node;

	/* made by webhook_prepare() */
	struct webhook_header *headers;
	size_t header_count;
	struct str content_type;
	bool is_json;
	struct template *body; /* NULL: the default body */
};

/* Copies the headers, compiles the template. */
bool webhook_prepare(struct webhook_settings *s, struct arena *arena, struct err *err);

/* Sets body, and template_failed where the template could not be used. False when nothing fits. */
bool webhook_body(const struct webhook_settings *s, const struct receiver_build *in, struct receiver_request *out);

/* What the template makes of an invented incident in which nothing is missing. */
bool webhook_sample_is_json(const struct template *body);

#endif
