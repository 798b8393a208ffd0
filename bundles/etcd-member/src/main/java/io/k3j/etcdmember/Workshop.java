package io.k3j.etcdmember;

import io.k3j.etcdclient.EtcdClient;
import io.k3j.etcdclient.EtcdCluster;
import io.k3j.etcdclient.EtcdFailure;
import io.k3j.etcdclient.EtcdKv;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// An etcd of one member on a directory of its own and ports nobody knows, where data is made ready before the
/// server's member begins with it. Whatever goes wrong, the server's data directory is as before.
final class Workshop implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(1);
    private static final Duration START_LIMIT = Duration.ofSeconds(30);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(15);
    private final Path directory;
    private final Process process;
    private final EtcdClient client;
    private final String endpoint;

    private Workshop(Path directory, Process process, EtcdClient client, String endpoint) {
        this.directory = directory;
        this.process = process;
        this.client = client;
        this.endpoint = endpoint;
    }

    /// Starts etcd on the directory and waits until it answers. Its log lies beside etcd's own.
    ///
    /// @param alone makes what is in the directory a cluster of this member only
    /// @throws MemberFault with etcd's last words when it does not start
    static Workshop open(MemberConfig config, Path binary, Path directory, boolean alone)
            throws IOException, InterruptedException {
        Files.createDirectories(config.places().log().getParent());
        int port = freePort();
        String text = config.text(alone).replace("'" + config.places().data() + "'", "'" + directory + "'");
        String endpoint = "https://127.0.0.1:" + port;
        text = line(text, "listen-client-urls", endpoint);
        text = line(text, "advertise-client-urls", endpoint);
        text = line(text, "listen-peer-urls", "https://127.0.0.1:" + freePort());
        text = line(text, "listen-metrics-urls", "http://127.0.0.1:" + freePort());
        text = line(text, "initial-cluster", config.name() + "=" + config.peerUrl());
        Path file = directory.resolveSibling(directory.getFileName() + ".config");
        Files.writeString(file, text);
        Path log = config.places().log().resolveSibling("etcd-workshop.log");
        Process process = new ProcessBuilder(binary.toString(), "--config-file", file.toString())
                .redirectErrorStream(true).redirectOutput(log.toFile()).start();
        EtcdClient client = Tls.client(config.places(), endpoint, false);
        Workshop made = new Workshop(directory, process, client, endpoint);
        made.awaitAnswer(log);
        Files.delete(file);
        return made;
    }

    private static String line(String text, String key, String value) {
        int from = text.indexOf("\n" + key + ": ") + 1;
        return text.substring(0, from) + key + ": '" + value + "'" + text.substring(text.indexOf('\n', from));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void awaitAnswer(Path log) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        while (true) {
            try {
                kv().count(io.k3j.etcdclient.EtcdRange.key("\0"), 0, LIMIT);
                return;
            } catch (EtcdFailure e) {
                if (process.waitFor(50, TimeUnit.MILLISECONDS) || System.nanoTime() > deadline) {
                    close();
                    throw new MemberFault("etcd does not start on " + directory + ": " + e.getMessage() + "; see "
                            + log);
                }
            }
        }
    }

    /// Where it answers.
    String endpoint() {
        return endpoint;
    }

    EtcdKv kv() {
        return new EtcdKv(client);
    }

    EtcdCluster cluster() {
        return new EtcdCluster(client);
    }

    /// Ends etcd and moves what was made into the server's data directory, which must not exist.
    void deliver(Places places) throws IOException {
        close();
        Files.move(directory, places.data(), StandardCopyOption.ATOMIC_MOVE);
    }

    /// Ends etcd.
    @Override
    public void close() throws IOException {
        client.close();
        process.destroy();
        try {
            if (!process.waitFor(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
