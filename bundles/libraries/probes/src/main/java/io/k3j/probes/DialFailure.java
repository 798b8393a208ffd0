package io.k3j.probes;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.Locale;

/// Why there is no connection, or none any more, in the words of Go's `net`, which people look for in Events. Pure.
final class DialFailure {
    private DialFailure() {
    }

    /// Nobody took the connection.
    ///
    /// @param why as Java says it, which has the kernel's words with a capital
    static IOException of(String host, int port, IOException why) {
        return new IOException(why instanceof UnknownHostException ? "dial tcp: lookup " + host + ": no such host"
                : "dial tcp " + HttpGet.bracketed(host) + ":" + port + ": connect: " + kernel(why), why);
    }

    /// There was no time for a connection.
    static String late(String host, int port) {
        return "dial tcp " + HttpGet.bracketed(host) + ":" + port + ": i/o timeout";
    }

    /// The connection broke.
    static IOException broken(Socket connection, IOException why) {
        return new IOException("read tcp " + address(connection.getLocalSocketAddress()) + "->"
                + address(connection.getRemoteSocketAddress()) + ": read: " + kernel(why), why);
    }

    private static String kernel(IOException why) {
        String text = String.valueOf(why.getMessage()).toLowerCase(Locale.ROOT);
        return text.equals("connection reset") ? "connection reset by peer" : text;
    }

    /// Without the slash that Java puts before an address.
    private static String address(SocketAddress address) {
        return address.toString().substring(address.toString().indexOf('/') + 1);
    }
}
