package io.k3j.nodeproxy;

import java.net.InetAddress;

/// The addresses the proxies of pods and services may connect to. Excludes this machine and link-local
/// addresses, such as cloud metadata services.
final class Destinations {
    private Destinations() {
    }

    /// Whether a text is the literal of a global unicast address, private ranges included, that everybody reads
    /// alike: what is checked here is dialled somewhere else, perhaps by the agent of a node. So `10.1`, leading zeros
    /// and zones are none.
    static boolean allowed(String address) {
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
