package io.k3j.ingress;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import org.jspecify.annotations.Nullable;

/// How the body of an endpoint's answer ends; asked once, as both sides of an exchange need it.
///
/// @param empty whether there is none, whatever the head says
/// @param chunked whether with the last chunk
/// @param sized whether at a length that the head says
record Framing(boolean empty, boolean chunked, boolean sized) {
    /// Of an answer; null for a coding that is not known here.
    ///
    /// @param headOnly whether HEAD was asked
    static @Nullable Framing of(HttpResponse answer, boolean headOnly) {
        String coding = answer.headers().get(HttpHeaderNames.TRANSFER_ENCODING);
        boolean chunked = coding != null && coding.equalsIgnoreCase("chunked");
        if (coding != null && !coding.isEmpty() && !chunked) {
            return null;
        }
        return new Framing(empty(answer, headOnly), chunked, HttpUtil.isContentLengthSet(answer));
    }

    /// Whether an answer has no body, whatever its head says.
    static boolean empty(HttpResponse answer, boolean headOnly) {
        int status = answer.status().code();
        return headOnly || status == 204 || status == 304;
    }

    /// Whether it ends by itself, not with its connection.
    boolean ends() {
        return empty || chunked || sized;
    }
}
