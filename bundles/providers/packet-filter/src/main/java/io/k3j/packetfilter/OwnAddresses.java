package io.k3j.packetfilter;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Set;
import java.util.stream.Collectors;

/// The addresses of this machine.
final class OwnAddresses {
    private static final System.Logger LOG = System.getLogger("io.k3j.packetfilter");

    private OwnAddresses() {
    }

    /// Those of all interfaces, in Java's form without a zone; none when the kernel does not say.
    static Set<String> now() {
        try {
            return NetworkInterface.networkInterfaces().flatMap(NetworkInterface::inetAddresses)
                    .map(InetAddress::getHostAddress).map(text -> text.replaceFirst("%.*", ""))
                    .collect(Collectors.toUnmodifiableSet());
        } catch (SocketException e) {
            LOG.log(System.Logger.Level.WARNING, "Cannot read the addresses of this machine error={0}",
                    e.getMessage());
            return Set.of();
        }
    }
}
