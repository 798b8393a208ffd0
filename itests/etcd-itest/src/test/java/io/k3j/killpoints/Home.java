package io.k3j.killpoints;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitprocess.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The files of one server, and what an administrator types beside it.
record Home(Hosts hosts, int host, String name, Path directory) {
    private static final String SERVES = "Component healthy component=apiserver";
    private static final String OBJECTS = "/api/v1/namespaces/default/configmaps";

    Path data() {
        return directory.resolve("data");
    }

    Path db() {
        return data().resolve("server/db");
    }

    /// Starts `k3s server` with further flags.
    Running start(Map<String, String> environment, String... flags) throws IOException {
        Files.createDirectories(directory);
        List<String> words = new ArrayList<>(List.of("server", "--data-dir", data().toString(), "--write-kubeconfig",
                directory.resolve("k3s.yaml").toString(), "--disable-agent", "--node-ip", Hosts.address(host),
                "--node-name", name, "--token", "secret"));
        words.addAll(List.of(flags));
        return hosts.k3s(host, directory.resolve("output.txt"), environment, words);
    }

    /// Starts it and waits until it serves.
    Running serve(String... flags) throws IOException, InterruptedException {
        return start(Map.of(), flags).says(SERVES);
    }

    /// Starts it to be killed.
    /// @return whether it was before it came to serve; if not, it is stopped
    boolean killed(Map<String, String> kill, String... flags) throws IOException, InterruptedException {
        Running victim = start(kill, flags);
        boolean killed = victim.killedBefore(SERVES);
        if (!killed) {
            victim.close();
        }
        return killed;
    }

    /// How many etcd run with files of this home.
    int processes() throws IOException, InterruptedException {
        return Integer.parseInt(hosts.run(1, "pgrep", "-fc", "config-file " + directory + "/").text().strip());
    }

    /// The machine goes with the server: its etcd, too.
    void killEtcd() throws IOException, InterruptedException {
        hosts.run(1, "pkill", "-KILL", "-f", "config-file " + directory + "/");
    }

    private Outcome api(String... more) throws IOException, InterruptedException {
        Path tls = data().resolve("server/tls");
        List<String> words = new ArrayList<>(List.of("curl", "-sS", "--max-time", "10", "--cacert", tls.resolve(
                "server-ca.crt").toString(), "--cert", tls.resolve("client-admin.crt").toString(), "--key", tls
                        .resolve(
                                "client-admin.key")
                        .toString(),
                "--user-agent", "k3s", "-H", "Content-Type: application/json"));
        words.addAll(List.of(more));
        return hosts.run(host, words.toArray(String[]::new));
    }

    private static String url(String path) {
        return "https://127.0.0.1:6443" + path;
    }

    /// What the API answers.
    String get(String path) throws IOException, InterruptedException {
        return api(url(path)).text();
    }

    /// Makes a ConfigMap in `default` with one value.
    Home create(String object, String value) throws IOException, InterruptedException {
        return post(OBJECTS, object, value);
    }

    /// Makes a ConfigMap.
    Home post(String path, String object, String value) throws IOException, InterruptedException {
        Outcome made = api("-f", "-d",
                "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"" + object
                        + "\"},\"data\":{\"value\":\"" + value + "\"}}",
                url(path));
        assertThat(made.code()).as(made.text()).isZero();
        return this;
    }

    /// A ConfigMap.
    String object(String object) throws IOException, InterruptedException {
        return get(OBJECTS + "/" + object);
    }

    /// Takes a ConfigMap away.
    void remove(String object) throws IOException, InterruptedException {
        Outcome removed = api("-f", "-X", "DELETE", url(OBJECTS + "/" + object));
        assertThat(removed.code()).as(removed.text()).isZero();
    }

    /// `etcdctl` at this server's member.
    Outcome etcdctl(String... more) throws IOException, InterruptedException {
        Path tls = data().resolve("server/tls/etcd");
        List<String> words = new ArrayList<>(List.of("etcdctl", "--endpoints=https://127.0.0.1:2379", "--cacert=" + tls
                .resolve("server-ca.crt"), "--cert=" + tls.resolve("client.crt"), "--key="
                        + tls.resolve(
                                "client.key")));
        words.addAll(List.of(more));
        return hosts.run(host, words.toArray(String[]::new));
    }

    /// Another home with the same files.
    Home copied(Path to) throws IOException, InterruptedException {
        Outcome copied = hosts.run(1, "cp", "-a", directory.toString(), to.toString());
        assertThat(copied.code()).as(copied.text()).isZero();
        return new Home(hosts, host, name, to);
    }

    /// Makes room.
    void delete() throws IOException {
        if (Files.exists(directory)) {
            List<Path> all;
            try (Stream<Path> walk = Files.walk(directory)) {
                all = walk.sorted(Comparator.reverseOrder()).toList();
            }
            for (Path one : all) {
                Files.delete(one);
            }
        }
    }

    /// The names of its files, those of etcd and the framework left out, who make theirs as they like.
    Set<String> files() throws IOException {
        try (Stream<Path> all = Files.walk(data())) {
            return all.map(file -> data().relativize(file).toString())
                    .filter(file -> !file.startsWith("bundles/fw-") && !file.startsWith("server/db/etcd/member/"))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }
}
