package io.k3j.edgeapi;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntConsumer;
import org.osgi.annotation.versioning.ProviderType;

/// One request and its answer. Used by the thread of `Endpoint.serve`, except where a method says
/// otherwise. Exactly one of `respond`, `stream` and `upgrade` is called, once.
@ProviderType
public interface Exchange {
    /// The HTTP method, upper case.
    String method();

    /// The path as sent, still percent-encoded, without the query.
    String path();

    /// The raw query without `?`, empty when there is none.
    String query();

    /// The first value of a header, by case-insensitive name.
    Optional<String> header(String name);

    /// All headers in order of arrival, names in lower case.
    Map<String, List<String>> headers();

    /// Whether there is a header whose name, in lower case, begins so. For who looks at each request for headers that
    /// few have: makes no map of all of them.
    default boolean hasHeader(String prefix) {
        return headers().keySet().stream().anyMatch(name -> name.startsWith(prefix));
    }

    /// The `:authority` or `Host` as sent, empty when there is none.
    String host();

    /// The other end of the connection.
    InetSocketAddress remote();

    /// The verified certificate chain of the client, leaf first, empty when it sent none. A chain
    /// that does not verify against the port's client authorities, or that had expired when the request arrived, never
    /// gets this far.
    List<X509Certificate> clientCertificates();

    /// The same of a client that may be a front proxy, and say in headers whom it asks for: a chain that verifies
    /// against the port's front proxy authorities ([ListenerIdentity#frontProxyAuthorities]). Where one of them vouches
    /// for clients as well these are [#clientCertificates], too; whether it is a front proxy is told by its name.
    default List<X509Certificate> frontProxyCertificates() {
        return List.of();
    }

    /// `HTTP/1.1` or `HTTP/2.0`.
    String protocol();

    /// The whole body; blocks until it is there.
    /// @throws BodyTooLarge beyond `maxBytes`, without having read more
    byte[] body(int maxBytes) throws IOException;

    /// The same, telling `arrived` the length of each piece before the next one is waited for; what it throws ends the
    /// reading. The time for the whole body goes on while it blocks.
    default byte[] body(int maxBytes, IntConsumer arrived) throws IOException {
        byte[] all = body(maxBytes);
        arrived.accept(all.length);
        return all;
    }

    /// The body as a stream, for what is passed on unread. Instead of `body`.
    InputStream bodyStream();

    /// Answers at once. The parts are sent one after the other and are not copied or changed;
    /// `content-length` is added. Does not wait for the client to read them, except beyond the
    /// connection's high-water mark. The edge adds `date` and `content-length`, and sends no body for
    /// HEAD. Several values of one header are joined by a comma.
    void respond(int status, Map<String, String> headers, byte[]... parts) throws IOException;

    /// Begins an answer of unknown length.
    ResponseStream stream(int status, Map<String, String> headers) throws IOException;

    /// Leaves HTTP: answers 101 with `headers` (HTTP/1.1 only) and hands over the connection's bytes
    /// in both directions.
    /// @throws UnsupportedOperationException on HTTP/2
    ByteDuplex upgrade(Map<String, String> headers) throws IOException;

    /// Says, before the answer begins, that a person may be reading along who pauses: its client may take nothing of
    /// it for hours. Any other answer of `respond` or `stream` of which nothing is taken for a minute is broken off.
    /// Nothing that others wait for may be held meanwhile.
    default void mayPause() {
    }

    /// Whether the client has gone before its answer was complete: anyone who works long before sending anything
    /// asks now
    /// and then, and stops. Any thread.
    default boolean gone() {
        return false;
    }

    /// Asks the client to send what comes next over another connection, which may lead to another server. What is on
    /// its way over this one goes on until it ends by itself. Without effect but on HTTP/2. Any thread.
    default void goAway() {
    }

    /// Breaks off whatever there is of an answer, so that its client knows that it is incomplete: for whom others wait
    /// who want what it holds. Who writes it gets an `IOException`, as if the client had gone. Without effect on an
    /// answer that is complete. Does not block. Any thread.
    default void abort() {
    }

    /// Runs `action` once, on any thread, when the client has gone or the answer is complete.
    void onEnd(Runnable action);
}
