package io.k3j.jetcd;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/// Whether members speak what the scheme of their address says. A cluster that cannot be reached looks the same as one
/// that is spoken to in the wrong way; this tells them apart.
///
/// For a message after connecting has failed; each look is one connection, two at most for each member.
public final class EtcdScheme {
    // the preface of HTTP/2 with empty settings; anyone who speaks it answers with its own
    private static final byte[] PLAIN = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0"
            .getBytes(StandardCharsets.ISO_8859_1);
    private static final int HEAD = 9;
    private static final int TYPE = 3;
    private static final int SETTINGS = 4;
    private static final int ALERT = 21;
    private static final int HANDSHAKE = 22;
    private static final int VERSION = 3;

    private EtcdScheme() {
    }

    /// Asks every member in turn, for `each` at most, and says of the first that speaks otherwise what is wrong and
    /// what to write. Empty when none proves that: silence, a refusal and a connection that ends prove nothing.
    /// Blocks twice `each` for each member at most, for connecting and for the answer alike.
    public static Optional<String> wrong(EtcdEndpoints endpoints, Duration each) {
        int millis = Math.toIntExact(each.toMillis());
        return endpoints.all().stream().flatMap(endpoint -> wrong(endpoint, millis).stream()).findFirst();
    }

    private static Optional<String> wrong(URI endpoint, int millis) {
        boolean plain = settings(answer(endpoint, PLAIN, millis));
        byte[] hello = plain && endpoint.getScheme().equals("http") ? new byte[0]
                : answer(endpoint, hello(endpoint), millis);
        if (endpoint.getScheme().equals("https")) {
            return !tls(hello) && (plain || hello.length > 0)
                    ? Optional.of("etcd at " + endpoint.getAuthority() + " does not speak TLS; write http://"
                            + endpoint.getAuthority() + ", or give etcd a certificate")
                    : Optional.empty();
        }
        return tls(hello)
                ? Optional.of("etcd at " + endpoint.getAuthority() + " speaks TLS; write https://"
                        + endpoint.getAuthority() + ", and its authority with --datastore-cafile")
                : Optional.empty();
    }

    /// The header of a SETTINGS frame on stream 0: its length (3 bytes), type, flags, stream (4 bytes).
    private static boolean settings(byte[] answer) {
        return answer.length == HEAD && answer[TYPE] == SETTINGS
                && Arrays.equals(answer, HEAD - 4, HEAD, new byte[4], 0, 4);
    }

    /// A record of TLS: an alert or a handshake, and 3 as the first digit of its version.
    private static boolean tls(byte[] answer) {
        return answer.length > 1 && (answer[0] == HANDSHAKE || answer[0] == ALERT) && answer[1] == VERSION;
    }

    /// The first bytes it says to these, as far as they come.
    private static byte[] answer(URI endpoint, byte[] said, int millis) {
        ByteArrayOutputStream heard = new ByteArrayOutputStream();
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(EtcdEndpoints.host(endpoint), endpoint.getPort()), millis);
            socket.setSoTimeout(millis);
            socket.getOutputStream().write(said);
            for (int c = socket.getInputStream().read(); c >= 0; c = socket.getInputStream().read()) {
                heard.write(c);
                if (heard.size() == HEAD) {
                    break;
                }
            }
            return heard.toByteArray();
        } catch (IOException silent) {
            return heard.toByteArray();
        }
    }

    /// What opens a conversation in TLS.
    private static byte[] hello(URI endpoint) {
        try {
            SSLEngine engine = SSLContext.getDefault().createSSLEngine(EtcdEndpoints.host(endpoint),
                    endpoint.getPort());
            engine.setUseClientMode(true);
            ByteBuffer hello = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
            engine.wrap(ByteBuffer.allocate(0), hello);
            return Arrays.copyOf(hello.array(), hello.position());
        } catch (GeneralSecurityException | SSLException missing) {
            throw new IllegalStateException(missing);
        }
    }
}
