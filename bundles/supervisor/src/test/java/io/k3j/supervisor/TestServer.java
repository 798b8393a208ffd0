package io.k3j.supervisor;

import io.k3j.componentapi.Plan;
import io.k3j.datastoreapi.Datastore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/// One server of a test, without a framework: what it starts with, and the steps of a start.
final class TestServer {
    static final SecureRandom RANDOM = new SecureRandom();
    /// The product's own declarations.
    static final Path FEATURES = Path.of("../../features").toAbsolutePath().normalize();
    final Path directory;
    final Layout layout;
    private final Map<String, Object> flags = new HashMap<>();
    private final Map<String, String> whereSet = new HashMap<>();
    private Path features = FEATURES;

    TestServer(Path parent, String name) throws IOException {
        directory = Files.createDirectories(parent.resolve(name));
        layout = new Layout(directory);
        flag("dataDir", directory.toString()).flag("writeKubeconfig", directory.resolve("k3s.yaml").toString());
        flag("nodeName", name).flag("nodeIp", new String[] {"127.0.0.1"}).flag("advertiseAddress", "127.0.0.1");
        flag("token", "s3cret").flag("rootless", true).flag("disableAgent", true);
        flag("clusterCidr", new String[] {"10.42.0.0/16"}).flag("serviceCidr", new String[] {"10.43.0.0/16"});
        flag("clusterDns", new String[] {"10.43.0.10"}).flag("clusterDomain", "cluster.local");
        flag("flannelBackend", "vxlan").flag("egressSelectorMode", "agent");
        whereSet.clear();
    }

    TestServer flag(String key, Object value) {
        flags.put(key, value);
        whereSet.put(key, "command line");
        return this;
    }

    TestServer without(String key) {
        flags.remove(key);
        return this;
    }

    TestServer from(String key, String where) {
        whereSet.put(key, where);
        return this;
    }

    TestServer features(Path other) {
        features = other;
        return this;
    }

    Settings settings() {
        Object[] pairs = flags.entrySet().stream().flatMap(e -> Stream.of(e.getKey(), e.getValue())).toArray();
        return Given.settings(directory, pairs);
    }

    Own own() {
        return new Own(new Plan("server", directory, features, flags, Set.of(), whereSet), flags);
    }

    Parity parity() throws IOException {
        return new Parity(own().server(layout), InstantSource.fixed(Instant.parse("2026-11-20T10:00:00Z")), RANDOM);
    }

    Cluster cluster() throws IOException {
        return cluster((amount, unit) -> true);
    }

    Cluster cluster(Cluster.Pause pause) throws IOException {
        return new Cluster(layout, settings(), parity(), RANDOM, pause);
    }

    /// A whole start.
    Credentials start(Datastore store) throws IOException {
        Cluster cluster = cluster();
        cluster.admit(store);
        Credentials credentials = credentials();
        cluster.complete(store);
        return credentials;
    }

    /// What a start agrees on, without the credentials, which take time to make.
    void agree(Datastore store) throws IOException {
        Cluster cluster = cluster();
        cluster.admit(store);
        Files.createDirectories(layout.cred("passwd").getParent());
        cluster.complete(store);
    }

    Credentials credentials() throws IOException {
        Instant now = Instant.now();
        Credentials credentials = Credentials.ensure(settings(), layout, now, RANDOM);
        credentials.complete(now, RANDOM);
        Credentials.serviceKey(layout);
        return credentials;
    }

    /// Every file and its content.
    Map<String, String> tree() throws IOException {
        Map<String, String> tree = new TreeMap<>();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                tree.put(directory.relativize(file).toString(), Files.readString(file));
            }
        }
        return tree;
    }
}
