/*
 * How people reach this machine where nobody has said it, as Prometheus guesses: http://HOSTNAME:PORT.
 */
#ifndef WEB_EXTERNAL_URL_H
#define WEB_EXTERNAL_URL_H

/*
 * `listen` is the first --web.listen-address. NULL where its port is not known before listening (0), or the machine has no
 * usable name. The caller frees.
 */
char *external_url_guess(const char *listen);

#endif
