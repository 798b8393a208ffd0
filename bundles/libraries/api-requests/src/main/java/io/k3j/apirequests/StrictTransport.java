package io.k3j.apirequests;

import io.k3j.apimachinery.ComponentArguments;
import io.k3j.edgeapi.ByteDuplex;
import io.k3j.edgeapi.Exchange;
import io.k3j.edgeapi.ResponseStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Says in each answer that browsers may come back over TLS only, as upstream's `WithHSTS` does for
/// `--strict-transport-security-directives` (<https://www.rfc-editor.org/rfc/rfc6797#section-6.1>). Without directives
/// nothing is said. Any thread; nothing blocks.
public final class StrictTransport {
    /// Without directives.
    public static final StrictTransport NONE = new StrictTransport("");
    private static final String NAME = "strict-transport-security-directives";
    private static final String MAX_AGE = "max-age=";
    private final String directives;

    private StrictTransport(String directives) {
        this.directives = directives;
    }

    /// Reads the directives, which are separated by commas.
    ///
    /// @throws IllegalArgumentException for one that is none, in upstream's words; the message says what to type
    public static StrictTransport of(ComponentArguments given) {
        List<String> all = new ArrayList<>();
        for (String value : given.values(NAME)) {
            for (String directive : value.split(",", -1)) {
                all.add(checked(given.flag(), directive));
            }
        }
        return all.isEmpty() ? NONE : new StrictTransport(String.join("; ", all));
    }

    private static String checked(String flag, String directive) {
        if (directive.isBlank()) {
            throw new IllegalArgumentException(flag + ": empty value in " + NAME + hint(flag));
        }
        boolean age = directive.startsWith(MAX_AGE) && directive.indexOf('=', MAX_AGE.length()) < 0;
        if (!age && !directive.equals("includeSubDomains") && !directive.equals("preload")) {
            throw new IllegalArgumentException(flag + "=" + NAME + "=" + directive + " invalid, allowed values:"
                    + " max-age=expireTime, includeSubDomains, preload. see"
                    + " https://tools.ietf.org/html/rfc6797#section-6.1 for more information" + hint(flag));
        }
        if (directive.chars().anyMatch(c -> c <= ' ' || c > '~')) {
            throw new IllegalArgumentException(flag + "=" + NAME + " has signs that no header may have" + hint(flag));
        }
        return directive;
    }

    private static String hint(String flag) {
        return "; try " + flag + "=" + NAME + "=max-age=31536000,includeSubDomains";
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
