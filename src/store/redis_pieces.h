/*
 * A load that comes in pieces: one script answers some thousand members and about two megabytes, then others have their turn.
 * A webhook is one piece. Pure; everything lives in the request's arena.
 */
#ifndef STORE_REDIS_PIECES_H
#define STORE_REDIS_PIECES_H

#include "store/request.h"

#define REDIS_PIECE_MEMBERS 2000
#define REDIS_PIECE_KEYS 2000
#define REDIS_PIECE_BYTES (2 << 20) /* of records: the keys that are left over are named instead, for the next piece */

struct redis_piece {
	struct member *found; /* the answer's */
	/* asked for now: members and keys from here on, so many */
	size_t member, members;
	size_t key, keys;
	bool groups_asked; /* with the first piece */
	struct str *wanted;
	size_t wanted_count, wanted_room;
	struct str *further; /* as the groups' index names them; some may be among the records */
	size_t further_count, further_room;
	struct store_record *records; /* that have come: one may have come with two pieces */
	size_t record_count, record_room;
};

/* Before the first piece. */
void redis_pieces_begin(struct request *r);
/* Of the piece that was asked for. */
void redis_pieces_add_record(struct request *r, const struct store_record *record);
void redis_pieces_want(struct request *r, struct str key);
/* A further key of the groups that were asked for. */
void redis_pieces_name(struct request *r, struct str key);
/* That piece is complete: true when there is another one to ask for, else the answer has all records. */
bool redis_pieces_next(struct request *r);

#endif
