package io.k3j.etcdmember;

import io.k3j.jetcd.EtcdClient;
import io.k3j.jetcd.EtcdCluster;
import io.k3j.jetcd.EtcdFailure;
import io.k3j.jetcd.EtcdKv;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
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
        Path file = file(directory);
        Files.writeString(file, text);
        Path log = config.places().log().resolveSibling("etcd-workshop.log");
        Process process = new ProcessBuilder(binary.toString(), Strays.OPTION, file.toString())
                .redirectErrorStream(true).redirectOutput(log.toFile()).start();
        EtcdClient client = Tls.client(config.places(), endpoint, false);
        Workshop made = new Workshop(directory, process, client, endpoint);
        made.awaitAnswer(log);
        return made;
    }

    /// Removes what is left of one whose owner was killed: its etcd, its directory.
    static void clear(Path directory) throws IOException, InterruptedException {
        Strays.end(file(directory));
        Files.deleteIfExists(file(directory));
        Tombstone.delete(directory);
    }

    /// Stays as long as etcd runs, which is found by it.
    private static Path file(Path directory) {
        return directory.resolveSibling(directory.getFileName() + ".config");
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
                kv().count(io.k3j.jetcd.EtcdRange.key("\0"), 0, LIMIT);
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

    /// Ends etcd and makes what was made the data of this server, under its name.
    ///
    /// @param mark the name of a file that says what is still to be done, and its content
    void deliver(MemberConfig config, Mark mark) throws IOException {
        close();
        Files.writeString(directory.resolve(config.places().name().getFileName()), config.name());
        if (!mark.file().isEmpty()) {
            Files.writeString(directory.resolve(mark.file()), mark.text());
        }
        Delivery.deliver(config.places(), directory);
    }

    /// What is left to do once data has been delivered; no file: nothing.
    record Mark(String file, String text) {
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
        Files.deleteIfExists(file(directory));
    }
}
