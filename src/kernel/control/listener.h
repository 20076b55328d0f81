/* SPDX-License-Identifier: GPL-2.0 */
/* The listener that passes changes on to sysfs and netlink. */
#ifndef MPLINK_CONTROL_LISTENER_H
#define MPLINK_CONTROL_LISTENER_H

#include "report/listener.h"

/* For mplink_listener. */
extern const struct mplink_listener mplink_control_listener;

#endif /* MPLINK_CONTROL_LISTENER_H */
