package io.k3j.streaming;

import java.util.concurrent.CompletableFuture;

/// A call in which both sides send. Any thread; one sender at a time.
public final class GrpcStream implements AutoCloseable {
    private final GrpcRequests requests;
    private final GrpcCall call;

    GrpcStream(GrpcRequests requests, GrpcCall call) {
        this.requests = requests;
        this.call = call;
    }

    /// Sends one message; blocks while the server takes no more.
    /// @throws GrpcFailure when the connection is gone
    public void send(byte[] message) {
        requests.send(call, message, 0);
    }

    /// Completes without a value when the server has ended the call in order, else with a [GrpcFailure].
    public CompletableFuture<Void> end() {
        return call.end.copy();
    }

    /// Ends the call.
    @Override
    public void close() {
        if (!call.end.isDone()) {
            requests.cancel(call);
            call.fail(GrpcFailure.CANCELLED, "closed");
        }
    }
}
