package io.k3j.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// The facts of this machine that defaults depend on. A value, so that tests can make one up.
record Host(String name, boolean root, String home, Optional<String> address, Instant now,
        Map<String, String> environment) {

    /// This machine, now. Sends nothing: the address is that of the interface the default route leads to.
    static Host here(InstantSource clock, Map<String, String> environment) {
        return new Host(hostname(), uid() == 0, System.getProperty("user.home", "/"), defaultAddress(), clock.instant(),
                environment);
    }

    private static String hostname() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip().toLowerCase(Locale.ROOT);
        } catch (IOException e) {
            return "localhost";
        }
    }

    private static int uid() {
        try {
            return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        } catch (IOException e) {
            return -1;
        }
    }

    private static Optional<String> defaultAddress() {
        try (DatagramSocket probe = new DatagramSocket()) {
            probe.connect(new InetSocketAddress(InetAddress.ofLiteral("192.0.2.1"), 9));
            InetAddress local = probe.getLocalAddress();
            return local.isAnyLocalAddress() || local.isLoopbackAddress() ? anyAddress()
                    : Optional.of(local.getHostAddress());
        } catch (SocketException | UncheckedIOException e) {
            return anyAddress();
        }
    }

    private static Optional<String> anyAddress() {
        try {
            return NetworkInterface.networkInterfaces().flatMap(NetworkInterface::inetAddresses)
                    .filter(a -> !a.isLoopbackAddress() && !a.isLinkLocalAddress() && a.getAddress().length == 4)
                    .map(InetAddress::getHostAddress).findFirst();
        } catch (SocketException e) {
            return Optional.empty();
        }
    }
}
