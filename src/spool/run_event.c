/* Events of a run are passed on, if there is an observer. */
#include "spool/run_event.h"

void
run_event_show(
    const struct run_observer *observer, const struct run_event *event)
{
	if (observer != NULL && observer->see != NULL)
		observer->see(observer->context, event);
}
