package io.k3j.supervisor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.codec.Json;
import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.datastoreapi.Entry;
import io.k3j.encryption.DataKey;
import io.k3j.model.Struct;
import io.k3j.testkitkms.KmsAnswers;
import io.k3j.testkitkms.KmsAnswers.Fault;
import io.k3j.testkitkms.KmsPlugin;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The hash of a node's password in a row whose key a KMS plug-in keeps.
@Timeout(300)
class NodeHashTest {
    private static final String PLACE = "/registry/secrets/kube-system/node-1.node-password.k3s";
    private static final byte[] SECRET = Json.bytes(Struct.of("data",
            Struct.of("hash", Base64.getEncoder().encodeToString("the hash".getBytes(UTF_8)))));

    @TempDir
    private Path directory;

    private NodeHash hashes() throws IOException {
        return hashes("vault");
    }

    private NodeHash hashes(String provider) throws IOException {
        Path file = Files.writeString(directory.resolve("encryption.yaml"), "{apiVersion: apiserver.config.k8s.io/v1,"
                + " kind: EncryptionConfiguration, resources: [{resources: [secrets], providers: [{kms: {apiVersion:"
                + " v2, name: " + provider + ", timeout: 1m, endpoint: 'unix://" + directory.resolve("kms.sock")
                + "'}}]}]}");
        return new NodeHash(new TestServer(directory, "joiner")
                .flag("kubeApiserverArg", new String[] {"encryption-provider-config=" + file}).settings(),
                TestServer.RANDOM);
    }

    private static Entry with(byte[] value) {
        return new Entry(PLACE, value, 1, 1);
    }

    /// As an API server writes it.
    private static Entry row() {
        byte[] seed = new byte[DataKey.SEED_BYTES];
        byte[] nonce = new byte[12];
        TestServer.RANDOM.nextBytes(seed);
        TestServer.RANDOM.nextBytes(nonce);
        ByteArrayOutputStream annotation = new ByteArrayOutputStream();
        field(annotation, 1, "nonce.kms.example.com".getBytes(UTF_8));
        field(annotation, 2, nonce);
        ByteArrayOutputStream row = new ByteArrayOutputStream();
        row.writeBytes("k8s:enc:kms:v2:vault:".getBytes(UTF_8));
        field(row, 1, DataKey.seed(seed).seal(PLACE, SECRET, TestServer.RANDOM));
        field(row, 2, "key-1".getBytes(UTF_8));
        field(row, 3, KmsAnswers.encrypted("key-1", nonce, seed));
        field(row, 4, annotation.toByteArray());
        row.writeBytes(new byte[] {5 << 3, 1});
        return with(row.toByteArray());
    }

    /// Of protobuf.
    private static void field(ByteArrayOutputStream out, int number, byte[] value) {
        out.write(number << 3 | 2);
        out.write(value.length & 0x7f | 0x80);
        out.write(value.length >> 7);
        out.writeBytes(value);
    }

    @Test
    void thePluginOpensTheRow() throws Exception {
        try (KmsPlugin _ = new KmsPlugin(directory.resolve("kms.sock"))) {
            assertThat(hashes().of(row(), Struct.of())).contains("the hash");
        }
    }

    /// Also one that answers, and wrongly: else a second machine would get the name.
    @ParameterizedTest
    @EnumSource(names = {"FORGETS", "CUTS", "REFUSES", "STAMMERS"})
    void aPluginThatIsWrongIsNoAnswer(Fault fault) throws Exception {
        try (KmsPlugin plugin = new KmsPlugin(directory.resolve("kms.sock"))) {
            plugin.answer(plugin.answers().with(fault));
            assertThatThrownBy(() -> hashes().of(row(), Struct.of())).isInstanceOf(DatastoreUnavailable.class)
                    .hasMessageContaining("the password of the node cannot be read");
        }
    }

    /// Its row is not damaged.
    @Test
    void aPluginThatIsWrongOnceIsAskedOnceMore() throws Exception {
        try (KmsPlugin plugin = new KmsPlugin(directory.resolve("kms.sock"))) {
            plugin.decryptOnce(plugin.answers().with(Fault.FORGETS));
            assertThat(hashes().of(row(), Struct.of())).contains("the hash");
        }
    }

    /// No plug-in is to come: whoever waited for it would wait for ever.
    @Test
    void aRowOfAProviderThatIsNotConfiguredIsNotWaitedFor() throws Exception {
        try (KmsPlugin _ = new KmsPlugin(directory.resolve("kms.sock"))) {
            assertThat(hashes("other").of(row(), Struct.of())).isEmpty();
            assertThat(new NodeHash(new TestServer(directory, "bare").settings(), TestServer.RANDOM).of(row(),
                    Struct.of())).isEmpty();
        }
    }

    @Test
    void aDamagedRowIsNotWaitedFor() throws Exception {
        byte[] whole = row().value();
        byte[] cut = Arrays.copyOf(whole, whole.length - 10);
        byte[] other = whole.clone();
        // within the sealed content, which comes first
        other[40] ^= 1;
        assertThat(hashes().of(with(cut), Struct.of())).isEmpty();
        try (KmsPlugin _ = new KmsPlugin(directory.resolve("kms.sock"))) {
            assertThat(hashes().of(with(other), Struct.of())).isEmpty();
        }
    }
}
