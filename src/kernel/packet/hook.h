/* SPDX-License-Identifier: GPL-2.0 */
/* POST_ROUTING. */
#ifndef MPLINK_PACKET_HOOK_H
#define MPLINK_PACKET_HOOK_H

/* The hooks live only in namespaces with a virtual NIC.  RTNL. */
int mplink_hook_register(struct net *net);
void mplink_hook_unregister(struct net *net);

#endif /* MPLINK_PACKET_HOOK_H */
