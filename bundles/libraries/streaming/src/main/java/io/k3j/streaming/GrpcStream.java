package io.k3j.streaming;

import java.util.concurrent.CompletableFuture;

/// A call in which both sides send. Any thread; one sender at a time.
///
/// Made by [GrpcConnection#open]. It has no deadline; it ends with the server's status, with [#close], or with the
/// connection.
public final class GrpcStream implements AutoCloseable {
    private final GrpcRequests requests;
    private final GrpcCall call;

    GrpcStream(GrpcRequests requests, GrpcCall call) {
        this.requests = requests;
        this.call = call;
    }

    /// Sends one message; blocks while the server takes no more. After the call's end it does nothing.
    /// @param message without gRPC's head
    /// @throws GrpcFailure when the connection is gone
    public void send(byte[] message) {
        requests.send(call, message, 0);
    }

    /// Completes without a value when the server has ended the call in order, else with a [GrpcFailure]. A copy:
    /// completing or cancelling it does not end the call. What depends on it runs on the reading thread.
    public CompletableFuture<Void> end() {
        return call.end.copy();
    }

    /// Ends the call. The server hears CANCEL; [#end] completes with `CANCELLED`. Nothing when it has ended.
    @Override
    public void close() {
        if (!call.end.isDone()) {
            requests.cancel(call);
            call.fail(GrpcFailure.CANCELLED, "closed");
        }
    }
}
