package io.k3j.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.codec.Json;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.datastoreapi.Entry;
import io.k3j.datastorememory.MemoryDatastore;
import io.k3j.encryption.EncryptionConfiguration;
import io.k3j.encryption.EncryptionKey;
import io.k3j.encryption.Provider;
import io.k3j.encryption.Provider.Kind;
import io.k3j.encryption.RowCipher;
import io.k3j.model.Struct;
import io.k3j.pki.NodePassword;
import io.k3j.pki.PemFiles;
import io.k3j.servercredentials.Credentials;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// At a shared database, the name of a running node belongs to its machine.
class NodeNameTest {
    private static final String LEASE = "/registry/leases/kube-node-lease/node-1";
    private static final String SECRET = "/registry/secrets/kube-system/node-1.node-password.k3s";
    private static final String KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";
    private static final String HASH = NodePassword.hash("anothers", TestServer.RANDOM);

    @TempDir
    private Path directory;
    private final MemoryDatastore store = new MemoryDatastore(true);
    private TestServer founder;
    private int polls;

    @BeforeEach
    void createFounder() throws IOException {
        founder = at("founder", "node-0").flag("disableAgent", true);
    }

    @AfterEach
    void close() {
        store.close();
    }

    private Path file() {
        return directory.resolve("encryption.yaml");
    }

    private TestServer at(String machine, String node) throws IOException {
        return new TestServer(directory, machine).flag("nodeName", node).flag("disableAgent", false)
                .flag("datastoreEndpoint", "postgres://k3s@db/k3s")
                .flag("kubeApiserverArg", Files.exists(file()) ? new String[] {"encryption-provider-config=" + file()}
                        : new String[0]);
    }

    /// A machine with this password that wants the name of a node of the cluster.
    private TestServer joiner(String password) throws IOException {
        TestServer server = at("joiner", "node-1");
        if (!password.isEmpty()) {
            Path file = Credentials.nodePasswordFile(server.settings(), server.layout);
            Files.createDirectories(file.getParent());
            PemFiles.write(file, password + "\n", PemFiles.SECRET);
        }
        return server;
    }

    private void put(String key, byte[] value) {
        store.commit(key, store.get(key).map(Entry::revision).orElse(0L), value, Duration.ZERO);
    }

    private static byte[] secret() {
        return Json.bytes(Struct.of("apiVersion", "v1", "kind", "Secret", "metadata", Struct.of("name", "n"), "data",
                Struct.of("hash", Base64.getEncoder().encodeToString(HASH.getBytes(StandardCharsets.UTF_8)))));
    }

    /// As stock Kubernetes encodes it in protobuf: metadata, data, type.
    private static byte[] stock() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {'k', '8', 's', 0, '\n', 4, 'h', 'a', 's', '\n', 0x12});
        out.write(HASH.length() + 8);
        out.writeBytes(new byte[] {'\n', 4, 'h', 'a', 's', 'h', 0x12});
        out.write(HASH.length());
        out.writeBytes(HASH.getBytes(StandardCharsets.UTF_8));
        out.writeBytes(new byte[] {0x1a, 1, 'x'});
        return out.toByteArray();
    }

    /// A cluster whose Secret of `node-1` has this form.
    private void cluster(String form) throws IOException {
        byte[] row = form.equals("stock") ? stock() : secret();
        if (form.equals("aescbc") || form.equals("secretbox")) {
            EncryptionConfiguration keys = EncryptionConfiguration.initial(Kind.of(form),
                    EncryptionKey.random("key", TestServer.RANDOM));
            PemFiles.directory(founder.layout.cred("x").getParent());
            PemFiles.write(founder.layout.cred("encryption-config.json"), keys.json(), PemFiles.SECRET);
            row = new RowCipher(keys, TestServer.RANDOM).seal(SECRET, row);
            assertThat(RowCipher.sealed(row)).isTrue();
        }
        if (form.equals("file")) {
            RowCipher cipher = new RowCipher(List.of(new Provider(Kind.AESGCM, List.of(new EncryptionKey("k", KEY)))),
                    TestServer.RANDOM);
            row = cipher.seal(SECRET, row);
            Files.writeString(file(), "{apiVersion: apiserver.config.k8s.io/v1, kind: EncryptionConfiguration,"
                    + " resources: [{resources: ['*.'], providers: [{aesgcm: {keys: [{name: k, secret: " + KEY
                    + "}]}}]}]}");
        }
        founder.agree(store);
        put(SECRET, row);
        put(LEASE, new byte[] {0});
    }

    /// Simulates the other machine's kubelet, which renews its Lease every ten seconds.
    private boolean renewLease() {
        if (++polls % 10 == 0) {
            put(LEASE, new byte[] {(byte) polls});
        }
        put("/registry/leases/kube-system/anything", new byte[] {(byte) polls});
        return true;
    }

    private List<String> rows() {
        return store.range("", "", 0, 0).entries().stream().filter(e -> !e.key().startsWith("/registry/leases/"))
                .map(e -> e.key() + "@" + e.revision()).toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "aescbc", "secretbox", "file", "stock"})
    void anotherMachineIsRefusedBeforeAnythingIsWritten(String form) throws Exception {
        cluster(form);
        for (String password : List.of("", "mine")) {
            TestServer joiner = joiner(password);
            List<String> rows = rows();
            Map<String, String> tree = joiner.tree();
            assertThatThrownBy(() -> joiner.cluster((amount, unit) -> renewLease()).admit(store))
                    .isInstanceOf(NameTaken.class)
                    .hasMessageStartingWith("Node password rejected, duplicate hostname or contents of '"
                            + Credentials.nodePasswordFile(joiner.settings(), joiner.layout)
                            + "' may not match server node-passwd entry, try enabling a unique node name with the"
                            + " --with-node-id flag")
                    .hasMessageContaining("node-1 of this cluster").hasMessageContaining("--node-name");
            assertThat(rows()).isEqualTo(rows);
            assertThat(joiner.tree()).isEqualTo(tree);
        }
    }

    /// The Secret itself is gone for a moment, or since the server that had deleted it died.
    @Test
    void theCopyOfASecretThatIsBeingMigratedCounts() throws Exception {
        cluster("plain");
        store.delete(SECRET, store.get(SECRET).orElseThrow().revision());
        put(SECRET + ".copy", secret());
        assertThatThrownBy(() -> joiner("mine").cluster((amount, unit) -> renewLease()).admit(store))
                .isInstanceOf(NameTaken.class);
    }

    /// Another server ends the migration between the two questions for the Secret and for its copy.
    @Test
    void aSecretThatComesBackBetweenTwoQuestionsCounts() throws Exception {
        cluster("plain");
        store.delete(SECRET, store.get(SECRET).orElseThrow().revision());
        Datastore migrating = (Datastore) Proxy.newProxyInstance(Datastore.class.getClassLoader(),
                new Class<?>[] {Datastore.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("get") && arguments[0].equals(SECRET + ".copy")) {
                        put(SECRET, secret());
                    }
                    return method.invoke(store, arguments);
                });
        assertThatThrownBy(() -> joiner("mine").cluster((amount, unit) -> renewLease()).admit(migrating))
                .isInstanceOf(NameTaken.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "aescbc", "secretbox", "file", "stock"})
    void itsOwnMachineIsAdmittedImmediately(String form) throws Exception {
        cluster(form);
        joiner("anothers").cluster((amount, unit) -> renewLease()).admit(store);
        assertThat(polls).isZero();
    }

    /// Else it would get the name while the plug-in is away.
    @Test
    void aPasswordWhoseKeyAKmsPluginKeepsIsWaitedFor() throws Exception {
        cluster("plain");
        Files.writeString(file(), "{apiVersion: apiserver.config.k8s.io/v1, kind: EncryptionConfiguration, resources:"
                + " [{resources: [secrets], providers: [{kms: {apiVersion: v2, name: vault, endpoint: 'unix://"
                + directory.resolve("none.sock") + "'}}]}]}");
        put(SECRET, row("k8s:enc:kms:v2:vault:", 0x0a, 1, 0, 0x12, 1, 'k', 0x1a, 1, 7));
        assertThatThrownBy(() -> joiner("mine").cluster((amount, unit) -> renewLease()).admit(store))
                .isInstanceOf(DatastoreUnavailable.class)
                .hasMessageContaining("the password of the node cannot be read")
                .hasMessageContaining("the KMS provider vault does not decrypt").hasMessageContaining("Unavailable");
    }

    private static byte[] row(String prefix, int... behind) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(prefix.getBytes(StandardCharsets.UTF_8));
        for (int b : behind) {
            out.write(b);
        }
        return out.toByteArray();
    }

    @Test
    void anotherMachineIsAdmittedWhenTheLeaseIsNotRenewed() throws Exception {
        cluster("plain");
        joiner("mine").cluster((amount, unit) -> {
            put("/registry/leases/kube-system/anything", new byte[] {(byte) ++polls});
            return true;
        }).admit(store);
        assertThat(polls).as("two renewals of a kubelet").isEqualTo(20);
    }

    @Test
    void aLoneServerThatLostItsPasswordIsAdmittedSoon() throws Exception {
        cluster("plain");
        joiner("").cluster((amount, unit) -> ++polls > 0).admit(store);
        assertThat(polls).as("two records of an API server").isEqualTo(7);
    }

    @Test
    void isAdmittedImmediatelyWithoutALease() throws Exception {
        cluster("plain");
        store.delete(LEASE, store.get(LEASE).orElseThrow().revision());
        joiner("mine").cluster((amount, unit) -> renewLease()).admit(store);
        assertThat(polls).isZero();
    }

    @Test
    void isAdmittedWhenTheNodeIsDeletedMeanwhile() throws Exception {
        cluster("plain");
        joiner("mine").cluster((amount, unit) -> {
            store.get(LEASE).ifPresent(lease -> store.delete(LEASE, lease.revision()));
            return ++polls > 0;
        }).admit(store);
        assertThat(polls).isEqualTo(1);
    }

    @Test
    void isNotCheckedWithAnUnreadableSecretOrOnAServerWithoutANode() throws Exception {
        cluster("plain");
        put(SECRET, "k8s:enc:aescbc:v1:gone:0123456789".getBytes(StandardCharsets.UTF_8));
        joiner("mine").cluster((amount, unit) -> renewLease()).admit(store);
        put(SECRET, secret());
        at("other", "node-1").flag("disableAgent", true).cluster((amount, unit) -> renewLease()).admit(store);
        assertThat(polls).isZero();
    }

    @Test
    void aServerStartsFromDiskOnlyUnderItsProvenName() throws Exception {
        cluster("plain");
        TestServer server = joiner("anothers");
        server.start(store);
        assertThat(server.cluster().known()).as("not proved yet").isFalse();
        PasswordProof proof = new PasswordProof(server.layout, server.settings());
        proof.keep(HASH, "mine");
        assertThat(server.cluster().known()).as("another password's").isFalse();
        proof.keep(HASH, "anothers");
        assertThat(server.cluster().known()).isTrue();
        assertThat(proof.proves(NodePassword.hash("anothers", TestServer.RANDOM))).isFalse();
        assertThat(server.flag("nodeName", "node-2").cluster().known()).isFalse();
        server.flag("nodeName", "node-1");
        Path file = server.layout.cred("node-password-proof");
        String kept = Files.readString(file);
        assertThat(kept).doesNotContain("anothers");
        Files.writeString(file, "rubbish");
        assertThat(server.cluster().known()).isFalse();
        Files.writeString(file, kept);
        joiner("mine");
        assertThat(server.cluster().known()).as("the password is another one").isFalse();
    }
}
