package io.k3j.supervisor;

import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.datastoreapi.CommitResult;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.Entry;
import io.k3j.model.Struct;
import io.k3j.pki.BootstrapSeal;
import io.k3j.pki.PemFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// The cluster's authorities and keys in its datastore, sealed with the server token, so that a server
/// that has only the token and the datastore becomes the same cluster. K3s' record.
final class Bootstrap {
    private static final String PREFIX = "/bootstrap/";
    private static final int MOST_RECORDS = 10;

    private final Layout layout;
    private final String password;
    private final RandomGenerator random;

    /// `password` is that of the server token.
    Bootstrap(Layout layout, String password, RandomGenerator random) {
        this.layout = layout;
        this.password = password;
        this.random = random;
    }

    private Map<String, Path> files() {
        Map<String, Path> files = new LinkedHashMap<>();
        files.put("ETCDServerCA", layout.tls("etcd/server-ca.crt"));
        files.put("ETCDServerCAKey", layout.tls("etcd/server-ca.key"));
        files.put("ETCDPeerCA", layout.tls("etcd/peer-ca.crt"));
        files.put("ETCDPeerCAKey", layout.tls("etcd/peer-ca.key"));
        files.put("ServerCA", layout.tls("server-ca.crt"));
        files.put("ServerCAKey", layout.tls("server-ca.key"));
        files.put("ClientCA", layout.tls("client-ca.crt"));
        files.put("ClientCAKey", layout.tls("client-ca.key"));
        files.put("ServiceKey", layout.tls("service.key"));
        files.put("PasswdFile", layout.cred("passwd"));
        files.put("RequestHeaderCA", layout.tls("request-header-ca.crt"));
        files.put("RequestHeaderCAKey", layout.tls("request-header-ca.key"));
        files.put("IPSECKey", layout.cred("ipsec.psk"));
        return files;
    }

    /// Writes the files of the record, if the datastore has one, over those that are there. Says whether it has one.
    /// @throws IOException in K3s' words when the record was made with another token
    boolean restore(Datastore datastore) throws IOException {
        Optional<Entry> record = find(datastore);
        if (record.isEmpty()) {
            return false;
        }
        Struct fields = opened(record.get());
        for (Map.Entry<String, Path> file : files().entrySet()) {
            Object field = fields.get(file.getKey());
            String content = field instanceof Struct made ? made.text("Content")
                    : field instanceof String old ? old : "";
            if (!content.isEmpty()) {
                String text = new String(Base64.getDecoder().decode(content), StandardCharsets.UTF_8);
                boolean open = file.getValue().toString().endsWith(".crt");
                PemFiles.directory(file.getValue().getParent());
                PemFiles.write(file.getValue(), text, open ? PemFiles.OPEN : PemFiles.SECRET);
            }
        }
        return true;
    }

    /// Makes the record from the files when the datastore has none; checks that it can be opened when it has.
    /// @throws IOException in K3s' words when the record was made with another token
    void save(Datastore datastore) throws IOException {
        Optional<Entry> record = find(datastore);
        if (record.isPresent()) {
            opened(record.get());
            return;
        }
        byte[] sealed = BootstrapSeal.seal(password, Json.bytes(fields()), random);
        CommitResult result = datastore.commit(BootstrapSeal.key(password), 0, sealed, Duration.ZERO);
        if (result instanceof CommitResult.Conflict) {
            opened(find(datastore).orElseThrow());
        }
    }

    private Struct fields() throws IOException {
        Struct.Builder fields = Struct.builder();
        for (Map.Entry<String, Path> file : files().entrySet()) {
            Optional<String> text = PemFiles.read(file.getValue());
            if (text.isPresent()) {
                Instant when = Files.getLastModifiedTime(file.getValue()).toInstant().truncatedTo(ChronoUnit.SECONDS);
                String content = Base64.getEncoder().encodeToString(text.get().getBytes(StandardCharsets.UTF_8));
                fields.put(file.getKey(), Struct.of("Timestamp", when.toString(), "Content", content));
            }
        }
        return fields.build();
    }

    private Optional<Entry> find(Datastore datastore) throws IOException {
        Optional<Entry> ours = datastore.get(BootstrapSeal.key(password));
        if (ours.isPresent() && ours.get().value().length > 0) {
            return ours;
        }
        List<Entry> others = datastore.range(PREFIX, "", MOST_RECORDS, 0).entries();
        if (others.stream().anyMatch(other -> other.value().length > 0)) {
            throw new IOException("bootstrap data already found and encrypted with different token;"
                    + " start with --token and the token this cluster was made with");
        }
        return Optional.empty();
    }

    private Struct opened(Entry record) throws IOException {
        try {
            return Json.object(BootstrapSeal.open(password, record.value()));
        } catch (IllegalArgumentException | MalformedInput unreadable) {
            throw new IOException(unreadable.getMessage(), unreadable);
        }
    }
}
