package io.k3j.encryptionproviders;

import io.k3j.metricstext.Hashes;
import io.k3j.protobufwire.MalformedMessage;
import io.k3j.protobufwire.WireIn;
import io.k3j.protobufwire.WireOut;
import io.k3j.streaming.GrpcConnection;
import io.k3j.streaming.GrpcFailure;
import io.k3j.streaming.GrpcStatus;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A KMS plug-in: the service `v2.KeyManagementService` of `k8s.io/kms/apis/v2` on a unix socket. Connects on demand,
/// also after a restart of the plug-in. Any thread; a call blocks for the provider's timeout at most, and fails with
/// [GrpcFailure], whatever the plug-in does.
final class KmsService implements AutoCloseable {
    private static final String SERVICE = "/v2.KeyManagementService/";
    /// As gRPC's in Go; what is kept of an answer is far shorter.
    private static final int MAX_ANSWER_BYTES = 4 << 20;
    private static final int INTERNAL = 13;
    private final KmsConfiguration configuration;
    private final EnvelopeMetrics metrics;
    private @Nullable GrpcConnection connection;
    private int connections;
    private boolean closed;

    /// How the plug-in is.
    ///
    /// @param version of its API
    /// @param health `ok`, or what is wrong
    /// @param keyId of the key it seals with now
    record Status(String version, String health, String keyId) {
    }

    /// Connects nothing yet.
    KmsService(KmsConfiguration configuration, EnvelopeMetrics metrics) {
        this.configuration = configuration;
        this.metrics = metrics;
    }

    Status status() {
        return call("Status", new byte[0], KmsService::status);
    }

    private static Status status(WireIn in) {
        String version = "";
        String health = "";
        String keyId = "";
        for (int field = in.next(); field != 0; field = in.next()) {
            switch (field) {
                case 1 -> version = in.text();
                case 2 -> health = in.text();
                case 3 -> keyId = in.text();
                default -> in.skip();
            }
        }
        return new Status(version, health, keyId);
    }

    /// The seed as the plug-in seals it, with the id of the key that it took.
    EncryptedObject encrypt(byte[] seed) {
        WireOut out = new WireOut(128);
        out.text(2, UUID.randomUUID().toString());
        out.bytes(1, seed);
        return call("Encrypt", out.bytes(), KmsService::encrypted);
    }

    private static EncryptedObject encrypted(WireIn in) {
        byte[] source = new byte[0];
        String keyId = "";
        SortedMap<String, byte[]> annotations = new TreeMap<>();
        for (int field = in.next(); field != 0; field = in.next()) {
            switch (field) {
                case 1 -> source = in.raw();
                case 2 -> keyId = in.text();
                case 3 -> EncryptedObject.annotation(in.message(), annotations);
                default -> in.skip();
            }
        }
        return EncryptedObject.ofSeed(keyId, source, annotations);
    }

    /// The data key of a row.
    byte[] decrypt(EncryptedObject row) {
        WireOut out = new WireOut(256);
        EncryptedObject.annotations(out, 4, row.annotations());
        out.text(3, row.keyId());
        out.text(2, UUID.randomUUID().toString());
        out.bytes(1, row.source());
        return call("Decrypt", out.bytes(), KmsService::decrypted);
    }

    private static byte[] decrypted(WireIn in) {
        byte[] plain = new byte[0];
        for (int field = in.next(); field != 0; field = in.next()) {
            if (field == 1) {
                plain = in.raw();
            } else {
                in.skip();
            }
        }
        return plain;
    }

    private <T> T call(String method, byte[] request, Function<WireIn, T> read) {
        String path = SERVICE + method;
        long begin = System.nanoTime();
        String status = "OK";
        try {
            return read.apply(new WireIn(connection().call(path, request, configuration.timeout())));
        } catch (MalformedMessage e) {
            status = GrpcStatus.name(INTERNAL);
            throw new GrpcFailure(INTERNAL, "the answer is malformed: " + e.getMessage());
        } catch (GrpcFailure e) {
            status = GrpcStatus.name(e.code());
            throw e;
        } finally {
            metrics.called(configuration.name(), path, System.nanoTime() - begin, status);
        }
    }

    /// How often it was connected to. Behind the next connection there may be another plug-in.
    synchronized int connections() {
        return connections;
    }

    private synchronized GrpcConnection connection() {
        GrpcConnection now = connection;
        if (closed) {
            throw new GrpcFailure(GrpcFailure.UNAVAILABLE, "stopped");
        }
        if (now != null && now.open()) {
            return now;
        }
        if (now != null) {
            now.close();
        }
        try {
            GrpcConnection fresh = new GrpcConnection(channel(), "kms-" + configuration.name(), MAX_ANSWER_BYTES);
            connection = fresh;
            connections++;
            return fresh;
        } catch (IOException e) {
            throw new GrpcFailure(GrpcFailure.UNAVAILABLE,
                    "cannot connect to " + configuration.socket() + ": " + e.getMessage());
        }
    }

    /// Does not wait where the plug-in takes no connections: that would have no end.
    private SocketChannel channel() throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.configureBlocking(false);
            if (!channel.connect(UnixDomainSocketAddress.of(configuration.socket()))) {
                throw new IOException("it takes no connections");
            }
            channel.configureBlocking(true);
            return channel;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /// A key's id as messages and metrics show it.
    static String shown(String keyId) {
        return Hashes.label(keyId);
    }

    /// Calls under way fail.
    @Override
    public synchronized void close() {
        closed = true;
        if (connection != null) {
            connection.close();
        }
    }
}
