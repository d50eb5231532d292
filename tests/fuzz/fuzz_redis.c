/*
 * What a Redis that is none answers to the store's scripts, as it comes off the wire (RESP): it is what the script says, or it is
 * not, and nobody reads behind its end.
 */
#include <hiredis/hiredis.h>
#include <stdint.h>

#include "io/redis_impl.h"
#include "store/redis_words.h"
#include "store/request.h"

#include "parts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* As the verb that waits for it: members and records that were not asked for have no place to go. */
static void take_as(enum verb verb, const struct redis_value *v)
{
	struct request *r = request_new(verb, NULL);

	if (redis_take(r, v) && r->verb == VERB_CLAIM)
		for (size_t i = 0; i < r->answer.claim.count; i++)
			must(r->answer.claim.records[i].bytes.n == 0 || r->answer.claim.records[i].bytes.p);
	request_free(r);
}

static void take_every_reply(void *arg, const struct redis_value *v)
{
	static const enum verb verbs[] = {VERB_COMMIT, VERB_CLAIM, VERB_RELEASE, VERB_SWEEP};

	(void)arg;
	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
		take_as(verbs[i], v);
	if (v->type == REDIS_ERROR)
		(void)redis_judge(v->text);
	if (v->type == REDIS_STRING) {
		struct request *r = request_new(VERB_LOAD, NULL);
		struct member m = {.source = {"", 0}};
		(void)reply_member(r, v->text, &m);
		request_free(r);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	redisReader *reader = redisReaderCreate();
	void *reply = NULL;

	redis_value_bound(reader);
	redisReaderFeed(reader, (const char *)data, size);
	while (redisReaderGetReply(reader, &reply) == REDIS_OK && reply) {
		redis_value_give(reply, take_every_reply, NULL);
		freeReplyObject(reply);
	}
	redisReaderFree(reader);
	return 0;
}
