/*
 * A page as a mail: headers, a part of plain text and one of HTML. Private to the receivers.
 */
#ifndef RECEIVERS_EMAIL_H
#define RECEIVERS_EMAIL_H

#include "page.h"

struct email_settings {
	struct strs to;
	struct str from, smarthost, hello, auth_username, auth_username_file, auth_password, auth_password_file;
	bool require_tls, implicit_tls;
	const struct yaml_node *tls_config; /* read by the configuration, as any receiver's */

	/* made by check */
	struct strs addresses; /* of `to` */
	struct str sender;     /* of `from` */
};

/* The address in "Ana <ana@example.com>" or "ana@example.com"; empty when it is none that can be sent to. */
struct str email_address(struct str mailbox);

/* The whole mail: CRLF, 7 bit, no line over 78 characters but for addresses. */
struct str email_message(const struct receiver_build *in, struct receiver_request *out);

#endif
