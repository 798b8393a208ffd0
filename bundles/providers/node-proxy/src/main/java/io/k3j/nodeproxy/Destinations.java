package io.k3j.nodeproxy;

import java.net.InetAddress;

/// The addresses the proxies of pods and services may connect to. Excludes this machine and link-local
/// addresses, such as cloud metadata services.
final class Destinations {
    private Destinations() {
    }

    /// Whether an address literal is a global unicast address, private ranges included.
    static boolean allowed(String address) {
        try {
            InetAddress a = InetAddress.ofLiteral(address);
            return !a.isAnyLocalAddress() && !a.isLoopbackAddress() && !a.isLinkLocalAddress()
                    && !a.isMulticastAddress() && !a.getHostAddress().equals("255.255.255.255");
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
