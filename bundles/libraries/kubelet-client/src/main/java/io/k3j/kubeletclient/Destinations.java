package io.k3j.kubeletclient;

import java.net.InetAddress;

/// The addresses that are dialled for somebody who may only write objects: a pod, an EndpointSlice, the status of a
/// Node. Excludes this machine and link-local addresses, such as cloud metadata services. Pure; never resolves a name.
public final class Destinations {
    private Destinations() {
    }

    /// Whether a text is the literal of a global unicast address, private ranges included, that everybody reads
    /// alike: what is checked here is dialled somewhere else, perhaps by the agent of a node. So `10.1`, leading zeros
    /// and zones are none.
    ///
    /// @param address anything; a name is none
    public static boolean allowed(String address) {
        try {
            InetAddress a = InetAddress.ofLiteral(address);
            boolean plain = address.indexOf(':') < 0 ? a.getHostAddress().equals(address) : address.indexOf('%') < 0;
            return plain && !a.isAnyLocalAddress() && !a.isLoopbackAddress() && !a.isLinkLocalAddress()
                    && !a.isMulticastAddress() && !a.getHostAddress().equals("255.255.255.255");
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
