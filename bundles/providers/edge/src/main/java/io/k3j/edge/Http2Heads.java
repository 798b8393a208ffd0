package io.k3j.edge;

import io.netty.handler.codec.http2.Http2Headers;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Parses HTTP/2 request heads.
final class Http2Heads {
    private Http2Heads() {
    }

    /// The head; null for a request that is not served: CONNECT, no path, too many fields.
    static @Nullable RequestHead head(Http2Headers headers) {
        CharSequence method = headers.method();
        CharSequence path = headers.path();
        if (method == null || path == null || path.isEmpty() || path.charAt(0) != '/'
                || headers.size() > Limits.HEADER_COUNT) {
            return null;
        }
        CharSequence authority = headers.authority();
        String[] fields = new String[2 * headers.size()];
        int at = 0;
        String host = authority == null ? "" : authority.toString();
        for (Map.Entry<CharSequence, CharSequence> entry : headers) {
            CharSequence name = entry.getKey();
            if (name.isEmpty() || name.charAt(0) == ':') {
                continue;
            }
            fields[at++] = name.toString();
            fields[at++] = entry.getValue().toString();
        }
        String[] exact = at == fields.length ? fields : Arrays.copyOf(fields, at);
        RequestHead head = new RequestHead(method.toString(), path.toString(), host, "HTTP/2.0", exact);
        return host.isEmpty() ? head.withHost(head.header("host").orElse("")) : head;
    }
}
