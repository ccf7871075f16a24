/*
 * The memory of a part. All texts that it owns are freed here.
 */
#include "compose/part.h"

#include <stdlib.h>

void
part_free(struct part *part)
{
	free(part->file);
	free(part->type);
	free(part->name);
	free(part->id);
	*part = (struct part){0};
}
