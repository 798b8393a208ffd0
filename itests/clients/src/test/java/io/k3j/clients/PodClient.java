package io.k3j.clients;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/// What the tests ask of every client library, with one pod.
interface PodClient extends AutoCloseable {
    /// The namespace and the pod of the tests.
    String NAMESPACE = "default";
    /// See `NAMESPACE`.
    String POD = "talker";

    /// What a command came to.
    record Ran(int code, String output, String errors) {
    }

    /// Both directions of a forwarded port.
    record Forwarded(OutputStream to, InputStream from, Closeable end) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            end.close();
        }
    }

    /// The pod's log so far.
    String log() throws Exception;

    /// Runs a command in it.
    Ran exec(byte[] input, String... command) throws Exception;

    /// Opens one connection to a port of it.
    Forwarded forward(int port) throws Exception;

    @Override
    void close();
}
