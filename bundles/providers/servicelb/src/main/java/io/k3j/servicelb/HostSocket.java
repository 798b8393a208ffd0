package io.k3j.servicelb;

import java.net.InetAddress;

/// A socket that waits for packets from anybody.
///
/// @param address what it is bound to; the unspecified one for all
/// @param inode by which its process is found; 0 for one of the kernel's own
record HostSocket(BalancedPort port, InetAddress address, long inode) {
}
