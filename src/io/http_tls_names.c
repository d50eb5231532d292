/* Whom a certificate names: its subject alternative names and its common name. */
#include <arpa/inet.h>
#include <openssl/x509v3.h>

#include "io/http_tls_impl.h"

/* A name with a line break or a NUL in it would be taken for two, or for another. */
static void add_certificate_name(struct buf *out, struct str name)
{
	for (size_t i = 0; i < name.n; i++)
		if ((unsigned char)name.p[i] < 0x20)
			return;
	if (!name.n || out->n + name.n + 1 > out->ceiling)
		return;
	if (out->n)
		buf_add_char(out, '\n');
	buf_add(out, name);
}

static void add_asn1_name(struct buf *out, const ASN1_STRING *s)
{
	add_certificate_name(out, (struct str){(const char *)ASN1_STRING_get0_data(s), (size_t)ASN1_STRING_length(s)});
}

static void add_ip(struct buf *out, const ASN1_STRING *s)
{
	char text[INET6_ADDRSTRLEN];
	int n = ASN1_STRING_length(s);

	if ((n == 4 || n == 16) && inet_ntop(n == 4 ? AF_INET : AF_INET6, ASN1_STRING_get0_data(s), text, sizeof text))
		add_certificate_name(out, str_c(text));
}

static void add_common_name(struct buf *out, const X509 *certificate)
{
	const X509_NAME *subject = X509_get_subject_name(certificate);
	int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);

	if (at >= 0)
		add_asn1_name(out, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
}

void http_tls_names(X509 *certificate, struct buf *out)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);

	for (int i = 0; names && i < sk_GENERAL_NAME_num(names); i++) {
		const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
		if (name->type == GEN_IPADD)
			add_ip(out, name->d.iPAddress);
		else if (name->type == GEN_DNS || name->type == GEN_EMAIL || name->type == GEN_URI)
			add_asn1_name(out, name->d.ia5);
	}
	GENERAL_NAMES_free(names);
	add_common_name(out, certificate);
}
