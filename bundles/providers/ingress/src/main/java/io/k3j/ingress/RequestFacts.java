package io.k3j.ingress;

import io.k3j.ingressrouting.EntryPoint;
import io.k3j.ingressrouting.RequestTarget;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.util.Set;

/// What is known of a request when its head has been read, for the answer, the log and the figures.
///
/// @param version of the client's protocol: `HTTP/1.0`, `HTTP/1.1`, `HTTP/2.0`
/// @param upgrade to what the connection is to be changed, empty for nothing
/// @param keepAlive whether another request may follow on the connection
/// @param hasBody whether a body is announced
/// @param expectsContinue whether the client waits before it sends the body
/// @param begun of [System#nanoTime]
record RequestFacts(EntryPoint entryPoint, String address, String method, RequestTarget target, String version,
        String upgrade, boolean keepAlive, boolean hasBody, boolean expectsContinue, String agent, long begun) {
    private static final Set<String> IDEMPOTENT = Set.of("GET", "HEAD", "OPTIONS", "PUT", "DELETE");
    private static final String HTTP_2 = "HTTP/2.0";

    static RequestFacts of(EntryPoint entryPoint, String address, HttpRequest request, RequestTarget target,
            boolean http2) {
        String upgrade = http2 || !request.method().equals(HttpMethod.GET) ? ""
                : ForwardedHeaders.upgrade(request.headers());
        boolean body = HttpUtil.isTransferEncodingChunked(request) || HttpUtil.getContentLength(request, 0L) > 0;
        return new RequestFacts(entryPoint, address, request.method().name(), target,
                http2 ? HTTP_2 : request.protocolVersion().text(), upgrade, http2 || HttpUtil.isKeepAlive(request),
                body, HttpUtil.is100ContinueExpected(request), request.headers().get(HttpHeaderNames.USER_AGENT, ""),
                System.nanoTime());
    }

    boolean http2() {
        return version.equals(HTTP_2);
    }

    boolean http10() {
        return version.equals(HttpVersion.HTTP_1_0.text());
    }

    boolean headOnly() {
        return method.equals("HEAD");
    }

    /// Whether it is a head and nothing else: what follows on its connection is another request.
    boolean alone() {
        return !http2() && !hasBody && upgrade.isEmpty();
    }

    /// Whether doing it twice is doing it once (RFC 9110 §9.2.2).
    boolean idempotent() {
        return IDEMPOTENT.contains(method);
    }
}
