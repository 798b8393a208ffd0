package io.k3j.edge;

import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Parses HTTP/1.1 request heads.
final class Http1Heads {
    /// How a request is to be answered, from its head.
    ///
    /// @param announced the length of the body, -1 when unknown, 0 without one
    record Answering(boolean keepAlive, boolean chunks, boolean headOnly, boolean expectsContinue, long announced) {
    }

    private Http1Heads() {
    }

    /// The head; null for a request that is not served: CONNECT, no path, several hosts, too many fields.
    static @Nullable RequestHead head(HttpRequest request) {
        String target = origin(request.uri());
        boolean hosted = request.headers().getAll("host").size() <= 1;
        if (target == null || !hosted || request.headers().size() > Limits.HEADER_COUNT) {
            return null;
        }
        String[] fields = new String[2 * request.headers().size()];
        int at = 0;
        Iterator<Map.Entry<String, String>> entries = request.headers().iteratorAsString();
        while (entries.hasNext()) {
            Map.Entry<String, String> entry = entries.next();
            fields[at++] = entry.getKey().toLowerCase(Locale.ROOT);
            fields[at++] = entry.getValue();
        }
        String host = request.headers().get("host", "");
        return new RequestHead(request.method().name(), target, host, request.protocolVersion().text(), fields);
    }

    /// The path of an origin-form (`/path`) or absolute-form (`https://host/path`) target.
    private static @Nullable String origin(String uri) {
        if (uri.startsWith("/")) {
            return uri;
        }
        int authority = uri.indexOf("://");
        if (authority < 0) {
            return null;
        }
        int path = uri.indexOf('/', authority + 3);
        return path < 0 ? "/" : uri.substring(path);
    }

    /// How the request is to be answered.
    static Answering answering(HttpRequest request) {
        boolean http11 = request.protocolVersion().equals(HttpVersion.HTTP_1_1);
        boolean chunked = HttpUtil.isTransferEncodingChunked(request);
        long announced = chunked ? -1 : HttpUtil.getContentLength(request, 0L);
        return new Answering(HttpUtil.isKeepAlive(request), http11, request.method().name().equals("HEAD"),
                HttpUtil.is100ContinueExpected(request), announced);
    }
}
