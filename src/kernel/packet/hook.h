/* SPDX-License-Identifier: GPL-2.0 */
/* The netfilter hooks at POST_ROUTING. */
#ifndef MPLINK_PACKET_HOOK_H
#define MPLINK_PACKET_HOOK_H

struct net;

/**
 * mplink_hook_register() - Hook a namespace that gets its first virtual NIC
 * @net: the namespace
 *
 * Context: Process context, RTNL.
 * Return: 0, or a negative errno.
 */
int mplink_hook_register(struct net *net);
/**
 * mplink_hook_unregister() - Unhook a namespace that has lost its last virtual NIC
 * @net: the namespace
 *
 * Context: Process context, RTNL.
 */
void mplink_hook_unregister(struct net *net);

#endif /* MPLINK_PACKET_HOOK_H */
