package io.k3j.supervisor;

import io.k3j.clusteragreement.BootstrapFiles;
import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.codec.Protobuf;
import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.datastoreapi.Entry;
import io.k3j.encryption.EncryptionConfiguration;
import io.k3j.encryption.RowCipher;
import io.k3j.encryption.UnreadableRow;
import io.k3j.encryptionproviders.EncryptionOptions;
import io.k3j.model.Struct;
import io.k3j.servercredentials.SupervisorSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// Reads the hash of a node's password from its Secret: from the object, or from the row in the datastore,
/// which is needed before an API server runs. A row is opened as the API server would open it: by the file of
/// `encryption-provider-config`, or without one by the keys of the bootstrap record. Immutable.
final class NodeHash {
    private static final System.Logger LOG = System.getLogger("io.k3j.supervisor");
    /// The entry `hash` of a protobuf map, up to the length byte of its value.
    private static final byte[] ENTRY = {'\n', 4, 'h', 'a', 's', 'h', 0x12};

    private final SupervisorSettings settings;
    private final RandomGenerator random;

    NodeHash(SupervisorSettings settings, RandomGenerator random) {
        this.settings = settings;
        this.random = random;
    }

    /// The hash in a Secret object.
    /// @throws IllegalArgumentException when it holds none
    static String of(Struct secret) {
        String data = secret.struct("data").text("hash");
        return new String(Base64.getDecoder().decode(data), StandardCharsets.UTF_8);
    }

    /// The hash in a row. Empty when the row cannot be read: the API server ends the start then, and tells why.
    /// @throws DatastoreUnavailable while a KMS plug-in that the file names should open it and nothing comes of that,
    ///         be it away or wrong: without its hash another machine would get the node's name
    Optional<String> of(Entry entry, Struct record) throws IOException {
        byte[] row = entry.value();
        try {
            byte[] plain = RowCipher.sealed(row) ? opened(entry, record) : row;
            return Protobuf.enveloped(plain) ? fromProtobuf(plain) : Optional.of(of(Json.object(plain)));
        } catch (UnreadableRow | MalformedInput | IllegalArgumentException unreadable) {
            if (unreadable instanceof UnreadableRow away && away.passing()) {
                throw new DatastoreUnavailable("the password of the node cannot be read from it: " + away.getMessage(),
                        away, false);
            }
            LOG.log(System.Logger.Level.DEBUG, "A node's Secret cannot be read", unreadable);
            return Optional.empty();
        }
    }

    private byte[] opened(Entry row, Struct record) throws IOException {
        EncryptionOptions options = EncryptionOptions.of(settings.secretsEncryption(), settings.kubeApiserverArg());
        return options.configured() ? options.secret(row.key(), row.value())
                : ownKeys(record).open(row.key(), row.value());
    }

    private RowCipher ownKeys(Struct record) throws IOException {
        String keys = BootstrapFiles.content(record, BootstrapFiles.ENCRYPTION)
                .orElseThrow(() -> new UnreadableRow("there are no keys in the bootstrap record"));
        return new RowCipher(EncryptionConfiguration.parse(keys), random);
    }

    /// From a row in the protobuf encoding of stock Kubernetes. Finds the entry by its bytes, because only the
    /// API server has the full schema.
    private static Optional<String> fromProtobuf(byte[] row) {
        for (int at = 0; at + ENTRY.length < row.length; at++) {
            int begin = at + ENTRY.length + 1;
            int length = row[begin - 1];
            if (Arrays.equals(row, at, at + ENTRY.length, ENTRY, 0, ENTRY.length) && length > 0
                    && begin + length <= row.length) {
                return Optional.of(new String(row, begin, length, StandardCharsets.UTF_8));
            }
        }
        return Optional.empty();
    }
}
