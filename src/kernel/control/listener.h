/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MPLINK_CONTROL_LISTENER_H
#define MPLINK_CONTROL_LISTENER_H

#include "report/listener.h"

/* Tells sysfs and netlink. */
extern const struct mplink_listener mplink_control_listener;

#endif /* MPLINK_CONTROL_LISTENER_H */
