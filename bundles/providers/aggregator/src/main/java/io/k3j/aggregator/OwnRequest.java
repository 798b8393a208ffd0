package io.k3j.aggregator;

import io.k3j.apiserverapi.Caller;
import io.k3j.edgeapi.ByteDuplex;
import io.k3j.kubeletclient.ResponseHead;
import java.io.IOException;

/// A request that this server itself sends to another one, and the answer as a whole.
/// @param body JSON; empty for none
/// @param known the ETag of an answer that is here already, as it came; empty for none
record OwnRequest(String method, String target, byte[] body, String known) {
    /// One without a body.
    static OwnRequest get(String target) {
        return get(target, "");
    }

    /// One without a body, for what is not known yet.
    static OwnRequest get(String target, String known) {
        return new OwnRequest("GET", target, new byte[0], known);
    }

    /// One that deletes.
    static OwnRequest delete(String target, byte[] options) {
        return new OwnRequest("DELETE", target, options, "");
    }

    /// Sends it on an open connection, which is of no more use for another request; blocks for the answer's head.
    /// @throws io.k3j.clientapi.ApiFault 400 for a path that leads out of what was authorized
    ResponseHead send(ByteDuplex back, ApiService to, Caller caller) throws IOException {
        ForwardedHead head = new ForwardedHead(method, target, BackendDialer.host(to)).user(caller)
                .add("Accept", "application/json").add("Connection", "close");
        if (!known.isEmpty()) {
            head.add("If-None-Match", known);
        }
        if (body.length > 0) {
            head.add("Content-Type", "application/json").add("Content-Length", Integer.toString(body.length));
        }
        back.output().write(head.end());
        back.output().write(body);
        back.output().flush();
        return ResponseHead.read(back.input());
    }

    /// The answer's body; blocks for its end.
    /// @throws IOException also when there is more
    byte[] body(ByteDuplex back, ResponseHead head, int mostBytes) throws IOException {
        byte[] answer = head.body(back.input(), method).readNBytes(mostBytes + 1);
        if (answer.length > mostBytes) {
            throw new IOException("the answer is longer than " + mostBytes + " bytes");
        }
        return answer;
    }
}
