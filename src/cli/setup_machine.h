/*
 * --setup for all users of a machine: the service of smtpost-service(8) with
 * the password, and a system configuration that leads to it.
 */
#ifndef CLI_SETUP_MACHINE_H
#define CLI_SETUP_MACHINE_H

#include "cli/setup_profile.h"

/*
 * Asks, logs in, and shows every file and every command. With --write makes the
 * files, none of which may be there, and runs the commands after a last
 * question; without systemd, it says what is left to do. *status is the exit
 * status.
 */
bool setup_machine_run(
    struct setup_profile *setup, int *status, struct error *err);

#endif
