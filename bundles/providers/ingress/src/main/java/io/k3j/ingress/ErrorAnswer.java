package io.k3j.ingress;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;

/// Answers of the ingress itself, with Traefik's texts where it has one.
enum ErrorAnswer {
    BAD_REQUEST(400, "Bad Request"), NOT_FOUND(404, "404 page not found"), METHOD_NOT_ALLOWED(405,
            "Method Not Allowed"), REQUEST_TIMEOUT(408, "Request Timeout"), URI_TOO_LONG(414, "Request-URI Too Long"),
    /// Fields that are too long or too many.
    HEADER_TOO_LARGE(431, "Request Header Fields Too Large"),
    /// No endpoint could be reached, or its answer makes no sense.
    BAD_GATEWAY(502, "Bad Gateway"),
    /// A Service that does not say whose certificates its pods have.
    WANTS_TLS(502, "the Service wants TLS, and nothing says whom to believe; see the Events of the Ingress"),
    /// The pods' certificates are not of those the Service names.
    NO_HANDSHAKE(502, "no pod of the Service has a certificate that is believed"),
    /// A name outside of the cluster.
    EXTERNAL_NAME(502, "the Service is an ExternalName, which this ingress does not serve"),
    /// Nobody is ready.
    NO_SERVER(503, "no available server"), BUSY(503, "too many requests at work"), GATEWAY_TIMEOUT(504,
            "Gateway Timeout"), LOOP_DETECTED(508, "Loop Detected");

    private final int code;
    private final byte[] body;

    ErrorAnswer(int code, String text) {
        this.code = code;
        this.body = (text + "\n").getBytes(StandardCharsets.US_ASCII);
    }

    int code() {
        return code;
    }

    /// The answer.
    ///
    /// @param headOnly whether without its text, whose length is told all the same
    FullHttpResponse response(boolean headOnly) {
        FullHttpResponse answer = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(code),
                headOnly ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(body));
        answer.headers().set("content-type", "text/plain; charset=utf-8").set("x-content-type-options", "nosniff")
                .set("content-length", body.length);
        return answer;
    }
}
