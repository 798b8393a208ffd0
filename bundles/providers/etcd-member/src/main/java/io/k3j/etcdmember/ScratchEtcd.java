package io.k3j.etcdmember;

import io.k3j.jetcd.EtcdClient;
import io.k3j.jetcd.EtcdCluster;
import io.k3j.jetcd.EtcdFailure;
import io.k3j.jetcd.EtcdKv;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// A single-member etcd on a temporary directory and free ports, which prepares data before the server's member
/// uses it. After any failure the server's data directory is unchanged.
final class ScratchEtcd implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(1);
    private static final Duration START_LIMIT = Duration.ofSeconds(30);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(15);
    /// How often etcd is started with other ports.
    private static final int TRIES = 4;
    private final Path directory;
    private final Process process;
    private final EtcdClient client;
    private final String endpoint;

    private ScratchEtcd(Path directory, Process process, EtcdClient client, String endpoint) {
        this.directory = directory;
        this.process = process;
        this.client = client;
        this.endpoint = endpoint;
    }

    /// Starts etcd on the directory and waits until it answers. Its log is next to etcd's own.
    ///
    /// @param alone whether to force the data in the directory to become a cluster of this member only
    /// @throws MemberFault naming etcd's log when it does not start
    static ScratchEtcd open(MemberConfig config, Path binary, Path directory, boolean alone)
            throws IOException, InterruptedException {
        return open(config, binary, directory, alone, ScratchEtcd::freePort);
    }

    /// Where a free port of this host comes from.
    interface Ports {
        int next() throws IOException;
    }

    /// A port that is free when it is chosen may be taken before etcd listens on it, also by a connection of another
    /// process; etcd ends then and is started with other ports. It may have opened its data, as its metrics come last.
    static ScratchEtcd open(MemberConfig config, Path binary, Path directory, boolean alone, Ports ports)
            throws IOException, InterruptedException {
        Path log = config.layout().log().resolveSibling("etcd-workshop.log");
        Files.createDirectories(log.getParent());
        for (int tries = 1;; tries++) {
            ScratchEtcd made = start(config, binary, directory, alone, ports);
            try {
                made.awaitAnswer(log);
                return made;
            } catch (MemberFault e) {
                if (tries == TRIES || !foundAPortTaken(log)) {
                    throw e;
                }
            }
        }
    }

    private static boolean foundAPortTaken(Path log) throws IOException {
        return Files.readString(log, StandardCharsets.ISO_8859_1).contains("address already in use");
    }

    private static ScratchEtcd start(MemberConfig config, Path binary, Path directory, boolean alone, Ports ports)
            throws IOException {
        String text = config.text(alone).replace("'" + config.layout().data() + "'", "'" + directory + "'");
        String endpoint = "https://127.0.0.1:" + ports.next();
        text = line(text, "listen-client-urls", endpoint);
        text = line(text, "advertise-client-urls", endpoint);
        text = line(text, "listen-peer-urls", "https://127.0.0.1:" + ports.next());
        text = line(text, "listen-metrics-urls", "http://127.0.0.1:" + ports.next());
        text = line(text, "initial-cluster", config.name() + "=" + config.peerUrl());
        Path file = file(directory);
        Files.writeString(file, text);
        Process process = new ProcessBuilder(binary.toString(), OrphanProcesses.OPTION, file.toString())
                .redirectErrorStream(true)
                .redirectOutput(config.layout().log().resolveSibling("etcd-workshop.log").toFile()).start();
        return new ScratchEtcd(directory, process, Tls.client(config.layout(), endpoint, false), endpoint);
    }

    /// Removes the remains of a process that was killed: its etcd and its directory.
    static void clear(Path directory) throws IOException, InterruptedException {
        OrphanProcesses.end(file(directory));
        Files.deleteIfExists(file(directory));
        Tombstone.delete(directory);
    }

    /// Exists as long as etcd runs, because the process is found by it.
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

    /// Where its data is.
    Path directory() {
        return directory;
    }

    /// The client URL.
    String endpoint() {
        return endpoint;
    }

    EtcdKv kv() {
        return new EtcdKv(client);
    }

    EtcdCluster cluster() {
        return new EtcdCluster(client);
    }

    /// Ends etcd and makes the prepared data the data of this server.
    ///
    /// @param mark a marker file for the steps that remain
    void deliver(MemberConfig config, Mark mark) throws IOException {
        close();
        Files.writeString(directory.resolve(config.layout().name().getFileName()), config.name());
        if (!mark.file().isEmpty()) {
            Files.writeString(directory.resolve(mark.file()), mark.text());
        }
        DataDirReplacement.deliver(config.layout(), directory);
    }

    /// The name and content of a marker file; no file is written for an empty name.
    record Mark(String file, String text) {
    }

    /// Ends etcd. Blocks up to 15 seconds.
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
