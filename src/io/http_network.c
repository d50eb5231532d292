/* TLS files, proxies and forbidden addresses of one request. */
#include "http_network.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "io/regular_file.h"

static bool is_link_local_v4(uint32_t address)
{
	return address >> 16 == 0xa9fe; /* 169.254.0.0/16 */
}

/* Also where it is written as IPv6 (::ffff:169.254.169.254, and 64:ff9b:: of NAT64). */
static bool is_link_local_v6(const unsigned char *a)
{
	static const unsigned char mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
	static const unsigned char nat64[12] = {0, 0x64, 0xff, 0x9b};
	uint32_t last = (uint32_t)a[12] << 24 | (uint32_t)a[13] << 16 | (uint32_t)a[14] << 8 | a[15];
	if (a[0] == 0xfe && (a[1] & 0xc0) == 0x80)
		return true; /* fe80::/10 */
	return (!memcmp(a, mapped, sizeof mapped) || !memcmp(a, nat64, sizeof nat64)) && is_link_local_v4(last);
}

static bool is_link_local(const struct sockaddr *address)
{
	if (address->sa_family == AF_INET) {
		struct sockaddr_in v4;
		memcpy(&v4, address, sizeof v4);
		return is_link_local_v4(ntohl(v4.sin_addr.s_addr));
	}
	if (address->sa_family != AF_INET6)
		return false;
	struct sockaddr_in6 v6;
	memcpy(&v6, address, sizeof v6);
	return is_link_local_v6(v6.sin6_addr.s6_addr);
}

/* curl asks for a socket after the name was resolved: no name, redirect or record can lead around this. */
static curl_socket_t open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *address)
{
	(void)purpose;
	if (is_link_local(&address->addr)) {
		*(bool *)arg = true;
		return CURL_SOCKET_BAD;
	}
	return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* libcurl opens files as they are, and would wait at a FIFO with the loop: such a path is made one that leads nowhere. */
static void set_file(CURL *e, CURLoption option, const char *path)
{
	const char *why;
	int fd = path ? regular_file_open(path, &why) : -1;

	if (fd >= 0)
		close(fd);
	AUTOFREE char *nowhere = path && fd < 0 ? mem_printf("%s/.", path) : NULL;
	if (path)
		curl_easy_setopt(e, option, nowhere ? nowhere : path);
}

static void set_tls(CURL *e, const struct http_client_tls *tls)
{
	if (!tls)
		return;
	set_file(e, CURLOPT_CAINFO, tls->ca_file);
	set_file(e, CURLOPT_SSLCERT, tls->cert_file);
	set_file(e, CURLOPT_SSLKEY, tls->key_file);
	curl_easy_setopt(e, CURLOPT_SSL_VERIFYPEER, tls->insecure_skip_verify ? 0L : 1L);
	curl_easy_setopt(e, CURLOPT_SSL_VERIFYHOST, tls->insecure_skip_verify ? 0L : 2L);
}

static void set_proxy(CURL *e, const struct http_client_request *request)
{
	switch (request->proxy) {
	case HTTP_PROXY_NONE: curl_easy_setopt(e, CURLOPT_PROXY, ""); break; /* "" is none; unset is the environment's */
	case HTTP_PROXY_ENVIRONMENT: break;
	case HTTP_PROXY_NAMED:
		curl_easy_setopt(e, CURLOPT_PROXY, request->proxy_url);
		curl_easy_setopt(e, CURLOPT_NOPROXY, "");
		break;
	}
}

void http_network_set(CURL *e, const struct http_client_request *request, bool *refused)
{
	set_tls(e, request->tls);
	set_proxy(e, request);
	if (request->socket)
		curl_easy_setopt(e, CURLOPT_UNIX_SOCKET_PATH, request->socket);
	curl_easy_setopt(e, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	curl_easy_setopt(e, CURLOPT_OPENSOCKETDATA, refused);
}
