package io.k3j.testkitdatabases;

import io.k3j.testkitbase.Waiting;
import io.k3j.testkitprocess.ChildProcess;
import io.k3j.testkitprocess.FreePort;
import io.k3j.testkitprocess.Launch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// A cluster of real etcd processes on free ports of the loopback, with short election times.
public final class EtcdServers implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final Path ETCD = Path.of("/usr/bin/etcd");
    private final Path directory;
    private final List<Integer> clients = new ArrayList<>();
    private final List<Integer> peers = new ArrayList<>();
    private final List<ChildProcess> processes = new ArrayList<>();
    private final List<String> tls;

    private EtcdServers(Path directory, int members, List<String> tls) {
        this.directory = directory;
        this.tls = List.copyOf(tls);
        for (int i = 0; i < members; i++) {
            clients.add(FreePort.next());
            peers.add(FreePort.next());
        }
    }

    /// Starts so many members with their data under the directory.
    public static EtcdServers start(Path directory, int members) {
        return start(directory, members, List.of());
    }

    /// Starts so many members; with flags that give it certificates, it speaks TLS to its clients.
    public static EtcdServers start(Path directory, int members, List<String> tls) {
        if (!Files.isExecutable(ETCD)) {
            throw new IllegalStateException("etcd is not installed; type: apt-get install etcd-server");
        }
        EtcdServers servers = new EtcdServers(directory, members, tls);
        for (int i = 0; i < members; i++) {
            servers.processes.add(servers.process(i));
        }
        return servers;
    }

    /// Waits until each answers and has a leader; without TLS.
    public void awaitHealth() throws InterruptedException {
        try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            for (int i = 0; i < processes.size(); i++) {
                HttpRequest request = HttpRequest.newBuilder(URI.create(endpoint(i) + "/health")).timeout(LIMIT)
                        .build();
                Waiting.until("health of " + endpoint(i), processes.get(i), () -> client
                        .send(request, HttpResponse.BodyHandlers.ofString()).body().contains("\"health\":\"true\""));
            }
        }
    }

    private ChildProcess process(int i) {
        String cluster = IntStream.range(0, peers.size()).mapToObj(k -> "m" + k + "=" + url(peers.get(k)))
                .collect(Collectors.joining(","));
        List<String> command = new ArrayList<>(List.of(ETCD.toString(), "--name", "m" + i, "--data-dir",
                directory.resolve("m" + i).toString(), "--listen-client-urls", endpoint(i),
                "--advertise-client-urls", endpoint(i), "--listen-peer-urls", url(peers.get(i)),
                "--initial-advertise-peer-urls", url(peers.get(i)), "--initial-cluster", cluster,
                "--max-request-bytes", "8388608"));
        if (peers.size() == 1) {
            // nobody to vote for whom a stall of the machine could unseat
            command.addAll(List.of("--heartbeat-interval", "20", "--election-timeout", "200"));
        }
        command.addAll(tls);
        try {
            return Launch.of(command).appending(directory.resolve("m" + i + ".log")).gracePeriod(Duration.ZERO).start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String url(int port) {
        return "http://127.0.0.1:" + port;
    }

    /// All client addresses, as `--datastore-endpoint` takes them.
    public String endpoints() {
        return IntStream.range(0, clients.size()).mapToObj(this::endpoint).collect(Collectors.joining(","));
    }

    /// The client address of one member.
    public String endpoint(int member) {
        return (tls.isEmpty() ? "http" : "https") + "://127.0.0.1:" + clients.get(member);
    }

    /// Ends one member the hard way.
    public void kill(int member) throws InterruptedException {
        processes.get(member).kill();
    }

    /// Starts one again on its data.
    public void restart(int member) {
        processes.set(member, process(member));
    }

    /// Saves what the first one holds.
    public void save(Path file) throws IOException, InterruptedException {
        control("--endpoints", endpoint(0), "snapshot", "save", file.toString());
    }

    /// Ends the only member and starts one in its place that holds what was saved.
    public void restore(int member, Path file) throws IOException, InterruptedException {
        kill(member);
        Path fresh = directory.resolve("restored");
        String peer = url(peers.get(member));
        control("snapshot", "restore", file.toString(), "--data-dir", fresh.toString(), "--name", "m" + member,
                "--initial-cluster", "m" + member + "=" + peer, "--initial-advertise-peer-urls", peer);
        Path data = directory.resolve("m" + member);
        Files.move(data, directory.resolve("before"));
        Files.move(fresh, data);
        restart(member);
    }

    private static void control(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("etcdctl"));
        command.addAll(List.of(arguments));
        Launch.of(command).environment("ETCDCTL_API", "3").text(LIMIT);
    }

    /// Stops or continues one, as a machine that hangs.
    public void freeze(int member, boolean frozen) throws IOException, InterruptedException {
        processes.get(member).signal(frozen ? "STOP" : "CONT");
    }

    @Override
    public void close() {
        processes.forEach(ChildProcess::close);
    }
}
