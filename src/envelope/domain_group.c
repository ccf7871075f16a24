/*
 * Groups recipients by a hash table of their domains (open addressing);
 * then each group gets its part of one array of indexes.
 */
#include "envelope/domain_group.h"

#include <stdlib.h>

#include "address/domain.h"
#include "base/mem.h"

struct sorting {
	struct domain_groups *groups;
	size_t *slots, room; /* 0: empty; else 1 + the index of a group */
	size_t *group_of;    /* of each recipient */
};

static struct span
domain_of(const struct recipient *recipient)
{
	struct span path = span_from(recipient->forward_path);
	struct span domain = domain_of_path(path);

	return domain.len < path.len ? domain : span_head(path, 0);
}

/* The slot of the domain, or the empty slot where it belongs. */
static size_t
find_slot(const struct sorting *sorting, struct span domain)
{
	size_t slot = span_hash_nocase(domain) & (sorting->room - 1);

	while (sorting->slots[slot] != 0) {
		const struct domain_group *group =
		    &sorting->groups->items[sorting->slots[slot] - 1];

		if (span_equal_nocase(span_from(group->domain), domain))
			break;
		slot = (slot + 1) & (sorting->room - 1);
	}
	return slot;
}

/* The index of the domain's group, which is added if it is new. */
static size_t
find_group(struct sorting *sorting, struct span domain)
{
	struct domain_groups *groups = sorting->groups;
	size_t slot = find_slot(sorting, domain);

	if (sorting->slots[slot] == 0) {
		struct domain_group *group =
		    mem_append(&groups->items, &groups->count, sizeof(*group));

		group->domain = span_copy(domain);
		for (char *at = group->domain; *at != '\0'; at++)
			*at = ascii_lower(*at);
		sorting->slots[slot] = groups->count;
	}
	return sorting->slots[slot] - 1;
}

static bool
is_open(const struct recipient *recipient)
{
	return recipient->outcome.action == ACTION_NONE;
}

/* Gives each group its part of the array, and fills it in. */
static void
fill_in(const struct sorting *sorting, const struct envelope *envelope)
{
	struct domain_groups *groups = sorting->groups;
	size_t *part = groups->members;

	for (size_t i = 0; i < groups->count; i++) {
		groups->items[i].members = part;
		part += groups->items[i].count;
		groups->items[i].count = 0;
	}
	for (size_t i = 0; i < envelope->count; i++) {
		struct domain_group *group;

		if (!is_open(&envelope->recipients[i]))
			continue;
		group = &groups->items[sorting->group_of[i]];
		group->members[group->count++] = i;
	}
}

void
domain_groups_make(
    struct domain_groups *groups, const struct envelope *envelope)
{
	struct sorting sorting = {.groups = groups, .room = 64};
	size_t open = 0;

	*groups = (struct domain_groups){0};
	/* At most half full, so that searches are short. */
	while (sorting.room <= envelope->count * 2)
		sorting.room *= 2;
	sorting.slots = mem_new(sorting.room, sizeof(size_t));
	sorting.group_of = mem_new(envelope->count, sizeof(size_t));
	for (size_t i = 0; i < envelope->count; i++) {
		const struct recipient *recipient = &envelope->recipients[i];

		if (!is_open(recipient))
			continue;
		sorting.group_of[i] =
		    find_group(&sorting, domain_of(recipient));
		groups->items[sorting.group_of[i]].count++;
		open++;
	}
	groups->members = mem_new(open, sizeof(size_t));
	fill_in(&sorting, envelope);
	free(sorting.slots);
	free(sorting.group_of);
}

void
domain_groups_free(struct domain_groups *groups)
{
	for (size_t i = 0; i < groups->count; i++)
		free(groups->items[i].domain);
	free(groups->items);
	free(groups->members);
	*groups = (struct domain_groups){0};
}
