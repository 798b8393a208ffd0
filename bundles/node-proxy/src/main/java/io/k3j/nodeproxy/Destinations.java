package io.k3j.nodeproxy;

import java.net.InetAddress;

/// Where the proxies of pods and services may lead: addresses of machines. Never to this machine itself, nor to what
/// only its own network segment offers, as clouds' metadata. Pure.
final class Destinations {
    private Destinations() {
    }

    /// Whether an address, written as digits, is a global unicast one, private ranges included.
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
