package io.k3j.bench;

import io.k3j.testkitprocess.ChildProcess;
import io.k3j.testkitprocess.FreePort;
import io.k3j.testkitprocess.Launch;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/// Debian's etcd as a child process on free ports, with its fsync on; and eight connections to it.
final class Etcd implements Target {
    private static final int CONNECTIONS = 8;
    private static final Duration STOP_LIMIT = Duration.ofMinutes(2);
    private final ChildProcess process;
    private final List<EtcdClient> clients = new ArrayList<>();
    private final AtomicInteger next = new AtomicInteger();

    private Etcd(ChildProcess process) {
        this.process = process;
    }

    static boolean installed() {
        return Files.isExecutable(Path.of("/usr/bin/etcd"));
    }

    static Etcd start(Path directory) throws IOException {
        Files.createDirectories(directory);
        int port = FreePort.next();
        String client = "http://127.0.0.1:" + port;
        String peer = "http://127.0.0.1:" + FreePort.next();
        ChildProcess process = Launch.of("/usr/bin/etcd", "--data-dir", directory.resolve("etcd").toString(),
                "--listen-client-urls", client, "--advertise-client-urls", client, "--listen-peer-urls", peer,
                "--initial-advertise-peer-urls", peer, "--initial-cluster", "default=" + peer, "--log-level", "error",
                "--quota-backend-bytes", "8000000000").output(directory.resolve("etcd.log")).gracePeriod(STOP_LIMIT)
                .start();
        Etcd etcd = new Etcd(process);
        etcd.connect(port);
        return etcd;
    }

    private void connect(int port) throws IOException {
        Instant limit = Instant.now().plusSeconds(20);
        while (!answers(port)) {
            if (Instant.now().isAfter(limit) || !process.running()) {
                throw new IOException("etcd does not start");
            }
            LockSupport.parkNanos(1_000_000);
        }
        for (int i = 0; i < CONNECTIONS; i++) {
            clients.add(new EtcdClient("127.0.0.1", port));
        }
    }

    private static boolean answers(int port) {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public String name() {
        return "etcd";
    }

    @Override
    public long create(String key, byte[] value) {
        try {
            clients.get(Math.floorMod(next.getAndIncrement(), CONNECTIONS)).put(key, value);
            return 0;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public long update(String key, long revision, byte[] value) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean canUpdate() {
        return false;
    }

    @Override
    public long cpuNanos() {
        return ProcessHandle.of(process.pid()).orElseThrow().info().totalCpuDuration().orElseThrow().toNanos();
    }

    @Override
    public void close() throws IOException {
        for (EtcdClient client : clients) {
            client.close();
        }
        process.close();
    }
}
