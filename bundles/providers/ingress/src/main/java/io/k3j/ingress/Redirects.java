package io.k3j.ingress;

import io.k3j.ingressresources.IngressValues;
import io.k3j.ingressrouting.EntryPoint;
import io.k3j.ingressrouting.RequestTarget;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;

/// Answers that send a client to the same place over TLS, with Traefik's statuses. Pure.
final class Redirects {
    private Redirects() {
    }

    /// The answer; other methods than GET are told to be repeated as they are.
    static FullHttpResponse to(IngressValues.Redirection redirect, RequestTarget target, HttpMethod method) {
        boolean get = method.equals(HttpMethod.GET);
        int code = redirect.permanent() ? get ? 301 : 308 : get ? 302 : 307;
        String port = redirect.port() == EntryPoint.WEBSECURE.port() ? "" : ":" + redirect.port();
        FullHttpResponse answer = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(code),
                Unpooled.EMPTY_BUFFER);
        // host and target are of characters that end no line
        answer.headers().set(HttpHeaderNames.LOCATION, "https://" + target.host() + port + target.origin())
                .set(HttpHeaderNames.CONTENT_LENGTH, 0);
        return answer;
    }
}
