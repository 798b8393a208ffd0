package io.k3j.aggregator;

import io.k3j.apiserverapi.Caller;
import io.k3j.edgeapi.ByteDuplex;
import io.k3j.kubeletclient.ResponseHead;
import java.io.IOException;

/// A GET that this server itself sends to another one, and the answer as a whole.
final class OwnRequest {
    private static final String METHOD = "GET";

    private OwnRequest() {
    }

    /// Asks on an open connection, which is of no more use for another request; blocks for the answer's head.
    /// @throws io.k3j.clientapi.ApiFault 400 for a path that leads out of what was authorized
    static ResponseHead send(ByteDuplex back, ApiService to, String target, Caller caller) throws IOException {
        back.output().write(new ForwardedHead(METHOD, target, BackendDialer.host(to)).user(caller)
                .add("Accept", "application/json").add("Connection", "close").end());
        back.output().flush();
        return ResponseHead.read(back.input());
    }

    /// The body; blocks for its end.
    /// @throws IOException also when there is more
    static byte[] body(ByteDuplex back, ResponseHead head, int mostBytes) throws IOException {
        byte[] body = head.body(back.input(), METHOD).readNBytes(mostBytes + 1);
        if (body.length > mostBytes) {
            throw new IOException("the answer is longer than " + mostBytes + " bytes");
        }
        return body;
    }
}
