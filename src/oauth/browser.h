/* Starts the browser of the person who logs in. */
#ifndef OAUTH_BROWSER_H
#define OAUTH_BROWSER_H

#include <stdbool.h>

/* Whether there is a display that a browser could open its window on. */
bool browser_has_display(void);
/*
 * Runs xdg-open with the address, which has no secret in it, and does not wait
 * for it. Whether a browser opens is not known.
 */
void browser_open(const char *address);

#endif
