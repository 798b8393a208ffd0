package io.k3j.apiaccess;

import io.k3j.apirequests.ForwardedExchange;
import io.k3j.edgeapi.ByteDuplex;
import io.k3j.edgeapi.Exchange;
import io.k3j.edgeapi.ResponseStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/// Says in each answer that browsers may come back over TLS only, as upstream's `WithHSTS` does for
/// `--strict-transport-security-directives` (<https://www.rfc-editor.org/rfc/rfc6797#section-6.1>). Without directives
/// nothing is said. Any thread; nothing blocks.
public final class StrictTransport {
    /// Without directives.
    public static final StrictTransport NONE = new StrictTransport("");
    private final String directives;

    private StrictTransport(String directives) {
        this.directives = directives;
    }

    /// @param directives as the header has them; empty for none
    public static StrictTransport of(String directives) {
        return directives.isEmpty() ? NONE : new StrictTransport(directives);
    }

    /// The exchange to go on with, whose answer says it.
    public Exchange seen(Exchange exchange) {
        return directives.isEmpty() ? exchange : new StrictExchange(exchange, directives);
    }

    private static final class StrictExchange extends ForwardedExchange {
        private final String directives;

        StrictExchange(Exchange real, String directives) {
            super(real);
            this.directives = directives;
        }

        private Map<String, String> with(Map<String, String> headers) {
            Map<String, String> all = new LinkedHashMap<>(headers);
            all.put("strict-transport-security", directives);
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
