/*
 * The parts of a message, each filled by a file of its own: title (message.c), members, facts, links. Private to incident/.
 */
#ifndef INCIDENT_MESSAGE_IMPL_H
#define INCIDENT_MESSAGE_IMPL_H

#include "base/buf.h"
#include "incident/message.h"

/* message_members.c */
void message_take_members(struct message *m, struct arena *arena);

/* message_facts.c: needs what the other parts filled. `generation`: that the message is about. */
void message_take_facts(struct message *m, struct arena *arena, const struct message_context *context);
struct str message_headline(const struct message *m, struct arena *arena, uint64_t generation,
                            const struct message_context *context);
/* "resolved", "closed by hand", …: how the message's generation ended, in a word. */
const char *message_ending(const struct incident *inc, uint64_t generation);

/* message_links.c */
void message_take_links(struct message *m, struct arena *arena, const struct message_context *context);

#endif
