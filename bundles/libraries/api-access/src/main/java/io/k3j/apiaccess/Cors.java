package io.k3j.apiaccess;

import io.k3j.apirequests.ForwardedExchange;
import io.k3j.edgeapi.ByteDuplex;
import io.k3j.edgeapi.Exchange;
import io.k3j.edgeapi.ResponseStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;

/// Lets pages of other origins read answers, as upstream's `WithCORS` does for `--cors-allowed-origins`
/// (<https://fetch.spec.whatwg.org/#http-cors-protocol>): every answer to such a page has the headers that its browser
/// looks for, and the question a browser asks before is answered here, since it comes without credentials. All others
/// go on as they came, and who may do what is not changed by any of it. Any thread; nothing blocks.
public final class Cors {
    /// Without origins.
    public static final Cors NONE = new Cors(false, origin -> false);
    private static final int NO_CONTENT = 204;
    private static final Map<String, String> HEADERS = Map.of("access-control-allow-methods",
            "POST, GET, OPTIONS, PUT, DELETE, PATCH", "access-control-allow-headers",
            "Content-Type, Content-Length, Accept-Encoding, X-CSRF-Token, Authorization, X-Requested-With,"
                    + " If-Modified-Since",
            "access-control-expose-headers", "Date", "access-control-allow-credentials", "true");
    private final boolean enabled;
    private final Predicate<String> allowed;

    private Cors(boolean enabled, Predicate<String> allowed) {
        this.enabled = enabled;
        this.allowed = allowed;
    }

    /// @param allowed whether pages of an origin may read answers; called on the thread of each request that names one
    public static Cors of(Predicate<String> allowed) {
        return new Cors(true, allowed);
    }

    /// The exchange to go on with, which adds the headers where its page may read the answer.
    public Exchange seen(Exchange exchange) {
        if (!enabled) {
            return exchange;
        }
        String origin = exchange.header("origin").orElse("");
        return origin.isEmpty() || !allowed.test(origin) ? exchange : new CrossOriginExchange(exchange, origin);
    }

    /// Answers the question that a browser asks before it sends a request for a page that may read the answer.
    ///
    /// @param exchange as [#seen] gives it
    /// @return whether it was one
    /// @throws IOException when the client has gone
    public static boolean answers(Exchange exchange) throws IOException {
        boolean asks = exchange instanceof CrossOriginExchange && exchange.method().equals("OPTIONS");
        if (asks) {
            exchange.respond(NO_CONTENT, Map.of());
        }
        return asks;
    }

    private static final class CrossOriginExchange extends ForwardedExchange {
        private final String origin;

        CrossOriginExchange(Exchange real, String origin) {
            super(real);
            this.origin = origin;
        }

        private Map<String, String> with(Map<String, String> headers) {
            Map<String, String> all = new LinkedHashMap<>(headers);
            all.put("access-control-allow-origin", origin);
            all.putAll(HEADERS);
            return all;
        }

        @Override
        public void respond(int status, Map<String, String> headers, byte[]... parts) throws IOException {
            super.respond(status, with(headers), parts);
        }

        @Override
        public ResponseStream stream(int status, Map<String, String> headers) throws IOException {
            return super.stream(status, with(headers));
        }

        @Override
        public ByteDuplex upgrade(Map<String, String> headers) throws IOException {
            return super.upgrade(with(headers));
        }
    }
}
