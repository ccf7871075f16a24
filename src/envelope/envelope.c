/*
 * Recipients are found by a hash table with open addressing; the hash ignores
 * case. The table holds indices, not pointers, because the array of recipients
 * moves when it grows.
 */
#include "envelope/envelope.h"

#include <stdlib.h>
#include <string.h>

#include "address/domain.h"
#include "base/mem.h"

void
envelope_recipient_free(struct recipient *recipient)
{
	free(recipient->forward_path);
	free(recipient->dsn.original);
	reply_free(&recipient->rcpt_reply);
	outcome_free(&recipient->outcome);
	*recipient = (struct recipient){0};
}

void
envelope_free(struct envelope *envelope)
{
	for (size_t i = 0; i < envelope->count; i++)
		envelope_recipient_free(&envelope->recipients[i]);
	free(envelope->recipients);
	free(envelope->reverse_path);
	free(envelope->envelope_id);
	free(envelope->queued_id);
	free(envelope->held_id);
	*envelope = (struct envelope){0};
}

void
envelope_index_free(struct envelope_index *index)
{
	free(index->slots);
	*index = (struct envelope_index){0};
}

static bool
paths_equal(struct span a, struct span b)
{
	struct span domain = domain_of_path(a);
	size_t local = a.len - domain.len;

	return a.len == b.len && span_equal_nocase(domain, domain_of_path(b)) &&
	    span_equal(span_head(a, local), span_head(b, local));
}

/* The slot of the path, or the empty slot where it belongs. */
static size_t
find_slot(const struct envelope *envelope, const struct envelope_index *index,
    struct span path)
{
	size_t slot = span_hash_nocase(path) & (index->room - 1);

	while (index->slots[slot] != 0) {
		const struct recipient *there =
		    &envelope->recipients[index->slots[slot] - 1];

		if (paths_equal(span_from(there->forward_path), path))
			break;
		slot = (slot + 1) & (index->room - 1);
	}
	return slot;
}

/* The table is at most half full, so that searches are short. */
static void
grow_index(const struct envelope *envelope, struct envelope_index *index)
{
	if (index->room > envelope->count * 2)
		return;
	free(index->slots);
	index->room = index->room ? index->room * 4 : 64;
	while (index->room <= envelope->count * 2)
		index->room *= 2;
	index->slots = mem_new(index->room, sizeof(size_t));
	for (size_t i = 0; i < envelope->count; i++) {
		struct span path =
		    span_from(envelope->recipients[i].forward_path);

		index->slots[find_slot(envelope, index, path)] = i + 1;
	}
}

bool
envelope_add(struct envelope *envelope, struct envelope_index *index,
    const char *forward_path)
{
	struct recipient *recipient;
	size_t slot;

	grow_index(envelope, index);
	slot = find_slot(envelope, index, span_from(forward_path));
	if (index->slots[slot] != 0)
		return false;
	recipient = mem_append(
	    &envelope->recipients, &envelope->count, sizeof(*recipient));
	recipient->forward_path = mem_copy_text(forward_path);
	index->slots[slot] = envelope->count;
	return true;
}

void
envelope_index_last(
    const struct envelope *envelope, struct envelope_index *index)
{
	const struct recipient *last =
	    &envelope->recipients[envelope->count - 1];

	grow_index(envelope, index);
	index
	    ->slots[find_slot(envelope, index, span_from(last->forward_path))] =
	    envelope->count;
}

struct recipient *
envelope_find(const struct envelope *envelope,
    const struct envelope_index *index, const char *forward_path)
{
	size_t slot;

	if (index->room == 0)
		return NULL;
	slot = find_slot(envelope, index, span_from(forward_path));
	if (index->slots[slot] == 0)
		return NULL;
	return &envelope->recipients[index->slots[slot] - 1];
}

const char *
envelope_queue_id(
    const struct envelope *envelope, const struct recipient *recipient)
{
	switch (recipient->kept) {
	case KEPT_QUEUED:
		return envelope->queued_id;
	case KEPT_HELD:
		return envelope->held_id;
	case KEPT_NOT:
		break;
	}
	return NULL;
}

const char *
envelope_outcome_name(const struct recipient *recipient)
{
	return recipient->kept == KEPT_QUEUED
	    ? "queued"
	    : outcome_name(&recipient->outcome);
}

bool
envelope_asks_dsn(const struct envelope *envelope)
{
	bool asks = envelope->envelope_id != NULL ||
	    envelope->dsn_return != DSN_RETURN_UNSET;

	for (size_t i = 0; !asks && i < envelope->count; i++)
		asks = envelope->recipients[i].dsn.notify != 0;
	return asks;
}

bool
envelope_must_have_tls(const struct envelope *envelope)
{
	return envelope->requires_tls && envelope->reverse_path[0] != '\0';
}

static bool
is_open(const struct recipient *recipient)
{
	return recipient->outcome.action == ACTION_NONE;
}

static bool
is_open_utf8(const struct recipient *recipient)
{
	return is_open(recipient) &&
	    !span_is_ascii(span_from(recipient->forward_path));
}

size_t
envelope_first_open(struct envelope *envelope)
{
	const struct recipient *recipients = envelope->recipients;

	while (envelope->settled < envelope->count &&
	    !is_open(&recipients[envelope->settled]))
		envelope->settled++;
	while (envelope->plain < envelope->count &&
	    !is_open_utf8(&recipients[envelope->plain]))
		envelope->plain++;
	return envelope->settled;
}

bool
envelope_needs_utf8(const struct envelope *envelope)
{
	bool needs = !span_is_ascii(span_from(envelope->reverse_path));

	for (size_t i = envelope->plain; !needs && i < envelope->count; i++)
		needs = is_open_utf8(&envelope->recipients[i]);
	return needs;
}

bool
envelope_has_open(const struct envelope *envelope)
{
	for (size_t i = envelope->settled; i < envelope->count; i++)
		if (is_open(&envelope->recipients[i]))
			return true;
	return false;
}

void
envelope_settle_open(struct envelope *envelope, const struct outcome *outcome)
{
	for (size_t i = 0; i < envelope->count; i++)
		if (is_open(&envelope->recipients[i]))
			outcome_copy(&envelope->recipients[i].outcome, outcome);
}

bool
envelope_doubt(
    struct envelope *envelope, const struct outcome *outcome, bool is_taken)
{
	enum on_surplus least =
	    is_taken ? SURPLUS_DOUBTS_IF_TAKEN : SURPLUS_DOUBTS;
	bool found = false;

	for (size_t i = 0; i < envelope->count; i++) {
		struct recipient *recipient = &envelope->recipients[i];

		if (recipient->on_surplus == SURPLUS_DEFERS)
			outcome_withdraw_refusal(&recipient->outcome);
		if (recipient->on_surplus < least)
			continue;
		outcome_copy(&recipient->outcome, outcome);
		found = true;
	}
	envelope->is_doubted = true;
	return found;
}
