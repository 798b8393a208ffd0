package io.k3j.streaming;

import java.util.concurrent.CompletableFuture;

/// A call in which both sides send. Any thread; one sender at a time.
public final class GrpcStream implements AutoCloseable {
    private final GrpcConnection connection;
    private final GrpcCall call;

    GrpcStream(GrpcConnection connection, GrpcCall call) {
        this.connection = connection;
        this.call = call;
    }

    /// Sends one message; blocks while the server takes no more.
    /// @throws GrpcFailure when the connection is gone
    public void send(byte[] message) {
        connection.send(call, message, 0);
    }

    /// Completes without a value when the server has ended the call in order, else with a [GrpcFailure].
    public CompletableFuture<Void> end() {
        return call.end.copy();
    }

    /// Ends the call.
    @Override
    public void close() {
        if (!call.end.isDone()) {
            connection.cancel(call);
            call.fail(GrpcFailure.CANCELLED, "closed");
        }
    }
}
