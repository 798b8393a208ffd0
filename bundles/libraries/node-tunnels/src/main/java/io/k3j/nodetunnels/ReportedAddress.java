package io.k3j.nodetunnels;

import java.io.IOException;
import java.net.InetAddress;

/// Where a node says that it is, when there is no tunnel to it.
final class ReportedAddress {
    private ReportedAddress() {
    }

    /// The literal address of a node's host, to be dialled as it is. Blocks for a name server when it is a name.
    /// @throws IOException when there is no such host, and for an address that leads to this machine or to no single
    /// other one: a node must not have its server speak to the server's own ports
    static String resolve(String node, String host) throws IOException {
        InetAddress address = InetAddress.getByName(host);
        if (address.isLoopbackAddress() || address.isAnyLocalAddress() || address.isLinkLocalAddress()
                || address.isMulticastAddress()) {
            throw new IOException("node " + node + " gives the address " + host
                    + ", by which no other machine reaches it: set its --node-ip");
        }
        return address.getHostAddress();
    }
}
