package io.k3j.webhookclient;

import io.k3j.edgeapi.ByteDuplex;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Asks a proxy for a connection by SOCKS version 5 (RFC 1928), with a name and a password where it wants them
/// (RFC 1929). It is the proxy that resolves names, as upstream. Blocks until the channel is closed.
final class Socks5 {
    private static final int VERSION = 5;
    private static final int NO_LOGIN = 0;
    private static final int PASSWORD = 2;
    private static final int CONNECT = 1;
    private static final int IPV4 = 1;
    private static final int NAME = 3;
    private static final int IPV6 = 4;
    private static final int MOST_LENGTH = 255;
    /// By their numbers, from one on; in Go's words.
    private static final List<String> REFUSALS = List.of("general SOCKS server failure",
            "connection not allowed by ruleset", "network unreachable", "host unreachable", "connection refused",
            "TTL expired", "command not supported", "address type not supported");
    private final InputStream in;
    private final ByteDuplex channel;

    private Socks5(ByteDuplex channel) {
        this.channel = channel;
        this.in = channel.input();
    }

    /// Leaves the channel as one to the host.
    /// @throws IOException when the proxy refuses, or speaks something else
    static void connect(ByteDuplex channel, WebhookProxy proxy, String host, int port) throws IOException {
        try {
            Socks5 socks = new Socks5(channel);
            socks.authenticate(proxy.login());
            socks.connect(host, port);
        } catch (IOException e) {
            throw new IOException("socks connect tcp " + proxy.host() + ":" + proxy.port() + "->" + host + ":" + port
                    + ": " + e.getMessage(), e);
        }
    }

    private void authenticate(String login) throws IOException {
        send(login.isEmpty() ? new byte[] {VERSION, 1, NO_LOGIN} : new byte[] {VERSION, 2, NO_LOGIN, PASSWORD});
        byte[] chosen = received(2);
        version(chosen[0], VERSION);
        if (chosen[1] == PASSWORD && !login.isEmpty()) {
            password(login);
        } else if (chosen[1] != NO_LOGIN) {
            throw new IOException("no acceptable authentication methods");
        }
    }

    private void password(String login) throws IOException {
        int colon = login.indexOf(':');
        byte[] name = (colon < 0 ? login : login.substring(0, colon)).getBytes(StandardCharsets.UTF_8);
        byte[] password = (colon < 0 ? "" : login.substring(colon + 1)).getBytes(StandardCharsets.UTF_8);
        if (name.length > MOST_LENGTH || password.length > MOST_LENGTH) {
            throw new IOException("invalid username/password");
        }
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        request.write(1);
        request.write(name.length);
        request.writeBytes(name);
        request.write(password.length);
        request.writeBytes(password);
        send(request.toByteArray());
        byte[] answer = received(2);
        version(answer[0], 1);
        if (answer[1] != 0) {
            throw new IOException("username/password authentication failed");
        }
    }

    private void connect(String host, int port) throws IOException {
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        request.writeBytes(new byte[] {VERSION, CONNECT, 0});
        address(host, request);
        request.write(port >>> 8);
        request.write(port);
        send(request.toByteArray());
        byte[] answer = received(4);
        version(answer[0], VERSION);
        int reply = answer[1] & 0xff;
        if (reply != 0) {
            throw new IOException("unknown error " + (reply <= REFUSALS.size() ? REFUSALS.get(reply - 1)
                    : "unknown code: " + reply));
        }
        int bound = switch (answer[3]) {
            case IPV4 -> 4;
            case IPV6 -> 16;
            case NAME -> received(1)[0] & 0xff;
            default -> throw new IOException("unknown address type " + answer[3]);
        };
        // where the proxy itself is bound: address and port, which nobody needs
        received(bound + 2);
    }

    private static void address(String host, ByteArrayOutputStream request) throws IOException {
        byte[] literal = literal(host);
        if (literal.length > 0) {
            request.write(literal.length == 4 ? IPV4 : IPV6);
            request.writeBytes(literal);
            return;
        }
        byte[] name = host.getBytes(StandardCharsets.US_ASCII);
        if (name.length > MOST_LENGTH) {
            throw new IOException("FQDN too long");
        }
        request.write(NAME);
        request.write(name.length);
        request.writeBytes(name);
    }

    /// The bytes of an address; none for a name. Nothing is resolved.
    private static byte[] literal(String host) {
        try {
            return InetAddress.ofLiteral(host).getAddress();
        } catch (IllegalArgumentException name) {
            return new byte[0];
        }
    }

    private static void version(int given, int wanted) throws IOException {
        if (given != wanted) {
            throw new IOException("unexpected protocol version " + (given & 0xff));
        }
    }

    private void send(byte[] bytes) throws IOException {
        channel.output().write(bytes);
        channel.output().flush();
    }

    private byte[] received(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("EOF");
        }
        return bytes;
    }
}
