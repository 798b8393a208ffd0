package io.k3j.etcdsnapshots;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.pki.BootstrapSeal;
import io.k3j.pki.PasswordFile;
import io.k3j.pki.PemFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What snapshots tell about their cluster, as far as it can be found out: nothing here hinders a snapshot, except a
/// Secret that is asked for and missing. Asked anew each time, because administrators change it; any thread; blocks for
/// a request of the API or a small file.
final class ClusterFacts {
    private static final String SYSTEM = "kube-system";
    /// K3s' ConfigMap; what it holds goes into each new snapshot's metadata.
    private static final Key EXTRA = new Key(SYSTEM, "k3s-etcd-snapshot-extra-metadata");
    private static final Gvr CONFIG_MAPS = Gvr.of("v1", "configmaps");
    private static final Gvr SECRETS = Gvr.of("v1", "secrets");
    private static final Gvr NAMESPACES = Gvr.of("v1", "namespaces");
    private final Path passwords;
    private final Supplier<@Nullable ApiClient> api;

    /// @param passwords the file with the server token's password
    /// @param api null while the API is away
    ClusterFacts(Path passwords, Supplier<@Nullable ApiClient> api) {
        this.passwords = passwords;
        this.api = api;
    }

    /// Empty when it is not there, or the API is away or refuses: the difference matters to nobody.
    private Optional<Obj> find(Gvr resource, Key key) {
        ApiClient client = api.get();
        try {
            return client == null ? Optional.empty() : client.find(resource, key);
        } catch (ApiFault notNow) {
            return Optional.empty();
        }
    }

    /// What the administrator wants said about snapshots.
    Struct metadata() {
        return find(CONFIG_MAPS, EXTRA).map(map -> map.tree().struct("data")).orElse(Struct.EMPTY);
    }

    /// The cluster's id, which is the uid of `kube-system`; empty when it is not known.
    String cluster() {
        return find(NAMESPACES, Key.of(SYSTEM)).map(Obj::uid).orElse("");
    }

    /// A Secret's fields, decoded. A ConfigMap it names takes the place of its authority.
    /// @throws IOException in a sentence when one of them cannot be read
    Map<String, String> secret(String name) throws IOException {
        Obj secret = find(SECRETS, new Key(SYSTEM, name)).orElseThrow(() -> new IOException("the Secret " + SYSTEM
                + "/" + name + " of --etcd-s3-config-secret cannot be read; is it there, and is the API up?"));
        Map<String, String> fields = new LinkedHashMap<>();
        secret.tree().struct("data").texts().forEach((key, value) -> fields.put(key,
                new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8).strip()));
        String authority = fields.getOrDefault("etcd-s3-endpoint-ca-name", "");
        if (!authority.isEmpty()) {
            Obj map = find(CONFIG_MAPS, new Key(SYSTEM, authority)).orElseThrow(() -> new IOException("the ConfigMap "
                    + SYSTEM + "/" + authority + " with the authority of S3 cannot be read"));
            fields.put("etcd-s3-endpoint-ca", String.join("\n", map.tree().struct("data").texts().values()));
        }
        return fields;
    }

    /// Twelve digits by which the token a restore needs is recognised; empty when it is not known. Those of the
    /// bootstrap record's key: whoever restores with another token finds no record.
    String tokenHash() {
        try {
            return PasswordFile.parse(PemFiles.read(passwords).orElse("")).row("server")
                    .map(row -> BootstrapSeal.key(row.password()))
                    .map(key -> key.substring(key.lastIndexOf('/') + 1)).orElse("");
        } catch (IOException | IllegalArgumentException unknown) {
            return "";
        }
    }
}
