package io.k3j.supervisor;

import io.k3j.clusteragreement.Parity;
import io.k3j.componentapi.Plan;
import io.k3j.datastoreapi.Datastore;
import io.k3j.pki.Keys;
import io.k3j.pki.Pem;
import io.k3j.servercredentials.Credentials;
import io.k3j.servercredentials.ServerLayout;
import io.k3j.servercredentials.SupervisorSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/// A server of a test without an OSGi framework: its flags and the steps of its start.
final class TestServer {
    static final SecureRandom RANDOM = new SecureRandom();
    /// The product's own feature declarations.
    static final Path FEATURES = Path.of("../../../features").toAbsolutePath().normalize();
    final Path directory;
    final ServerLayout layout;
    private final Map<String, Object> flags = new HashMap<>();
    private final Map<String, String> whereSet = new HashMap<>();
    private Path features = FEATURES;

    TestServer(Path parent, String name) throws IOException {
        directory = Files.createDirectories(parent.resolve(name));
        layout = new ServerLayout(directory);
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

    /// A value that nobody has typed.
    TestServer preset(String key, Object value) {
        flags.put(key, value);
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

    SupervisorSettings settings() {
        Object[] pairs = flags.entrySet().stream().flatMap(e -> Stream.of(e.getKey(), e.getValue())).toArray();
        return Given.settings(directory, pairs);
    }

    OwnConfig own() {
        return new OwnConfig(new Plan("server", directory, features, flags, Set.of(), whereSet));
    }

    Parity parity() throws IOException {
        return new Parity(own().server(layout), InstantSource.fixed(Instant.parse("2026-11-20T10:00:00Z")), RANDOM);
    }

    ClusterMembership cluster() throws IOException {
        return cluster((amount, unit) -> true);
    }

    ClusterMembership cluster(ClusterMembership.Pause pause) throws IOException {
        return new ClusterMembership(layout, settings(), parity(), RANDOM, pause);
    }

    /// Performs a whole start.
    Credentials start(Datastore store) throws IOException {
        ClusterMembership cluster = cluster();
        cluster.admit(store);
        Credentials credentials = credentials();
        cluster.complete(store);
        credentials.admitted();
        return credentials;
    }

    /// Performs the agreement only, without the credentials, which take time to generate.
    void agree(Datastore store) throws IOException {
        ClusterMembership cluster = cluster();
        cluster.admit(store);
        Files.createDirectories(layout.cred("passwd").getParent());
        cluster.complete(store);
    }

    Credentials credentials() throws IOException {
        Instant now = Instant.now();
        Credentials credentials = Credentials.ensure(settings(), layout, now, RANDOM);
        credentials.complete(now, RANDOM);
        // one that is there is taken, and P-256 costs nothing: half a second of each start would go into an RSA key
        if (Files.notExists(layout.tls("service.key"))) {
            Files.writeString(layout.tls("service.key"), Pem.encode(Keys.elliptic()));
            Files.setPosixFilePermissions(layout.tls("service.key"), PosixFilePermissions.fromString("rw-------"));
        }
        Credentials.serviceKey(layout);
        return credentials;
    }

    /// Every file with its content.
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
