package io.k3j.clusteragreement;

import io.k3j.model.Struct;
import io.k3j.pki.PemFiles;
import io.k3j.servercredentials.ServerLayout;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// The files a bootstrap record holds, and how record and disk are brought together: K3s' rules
/// (`pkg/cluster/bootstrap.go`). Blocks for the disk only.
///
/// A field is `{"Timestamp": …, "Content": …}`: when the file was written, by the clock of the server that wrote it,
/// and its bytes in Base64. Any thread, one at a time writes.
public final class BootstrapFiles {
    private static final System.Logger LOG = System.getLogger("io.k3j.supervisor");
    /// Clocks of servers may differ by this. K3s has the same leeway: a file counts as newer only beyond it.
    private static final Duration LEEWAY = Duration.ofSeconds(3);
    private static final String CONTENT = "Content";
    private static final String TIMESTAMP = "Timestamp";
    /// The field of `cred/passwd`.
    public static final String PASSWORDS = "PasswdFile";
    /// The field of how Secrets are encrypted.
    public static final String ENCRYPTION = "EncryptionConfig";

    private final ServerLayout layout;

    /// Those of a server; reads nothing yet.
    public BootstrapFiles(ServerLayout layout) {
        this.layout = layout;
    }

    /// Field names are those of K3s' `ControlRuntimeBootstrap`. The order is that in which files are written.
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
        files.put(PASSWORDS, layout.cred("passwd"));
        files.put("RequestHeaderCA", layout.tls("request-header-ca.crt"));
        files.put("RequestHeaderCAKey", layout.tls("request-header-ca.key"));
        files.put("IPSECKey", layout.cred("ipsec.psk"));
        files.put(ENCRYPTION, layout.cred("encryption-config.json"));
        files.put("EncryptionHash", layout.cred("encryption-state.json"));
        return files;
    }

    /// The record completed by what is on disk. Where both have something the record counts: a server that starts has
    /// been brought up to it, and another one may have changed it since. Only passwords are what this server was told.
    /// @param record the one in the datastore, empty when there is none
    /// @return fields of files that are neither on disk nor in the record are left out
    /// @throws IOException when a file cannot be read
    public Struct read(Optional<Struct> record) throws IOException {
        Struct.Builder fields = Struct.builder();
        for (Map.Entry<String, Path> file : files().entrySet()) {
            Optional<String> text = PemFiles.read(file.getValue());
            boolean recorded = record.flatMap(known -> content(known, file.getKey())).isPresent();
            if (text.isEmpty() || recorded && !file.getKey().equals(PASSWORDS)) {
                record.map(known -> known.get(file.getKey())).ifPresent(kept -> fields.put(file.getKey(), kept));
            } else if (text.equals(record.flatMap(known -> content(known, file.getKey())))) {
                fields.put(file.getKey(), record.get().get(file.getKey()));
            } else {
                Instant when = Files.getLastModifiedTime(file.getValue()).toInstant().truncatedTo(ChronoUnit.SECONDS);
                fields.put(file.getKey(), field(text.get(), when.toString()));
            }
        }
        return fields.build();
    }

    /// What of a record's authorities is not on disk. Fields of files below `server/tls` only: tokens and the
    /// encryption configuration travel in other ways.
    /// @return empty when the disk has them all
    /// @throws IOException when a file cannot be read
    Struct authorities(Struct record) throws IOException {
        Struct.Builder others = Struct.builder();
        for (Map.Entry<String, Path> file : files().entrySet()) {
            Optional<String> wanted = content(record, file.getKey());
            boolean authority = file.getValue().startsWith(layout.server("tls"));
            if (authority && wanted.isPresent() && !wanted.equals(PemFiles.read(file.getValue()))) {
                others.put(file.getKey(), record.get(file.getKey()));
            }
        }
        return others.build();
    }

    /// The same, of a record that may be an old one: nothing of it counts when a file is newer. All or nothing:
    /// authorities belong together with their keys.
    Struct newerAuthorities(Struct record) throws IOException {
        Struct others = authorities(record);
        for (Map.Entry<String, Path> file : files().entrySet()) {
            if (others.get(file.getKey()) != null && Files.exists(file.getValue())
                    && newer(file.getValue(), timestamp(others, file.getKey()))) {
                return Struct.EMPTY;
            }
        }
        return others;
    }

    /// A field of the record: a file's text, and when it was written, ISO 8601.
    /// @param when by the time of day of this server
    public static Struct field(String text, String when) {
        return Struct.of(TIMESTAMP, when, CONTENT,
                Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8)));
    }

    /// What a field of a record holds, in the form of now or of long ago; empty when it is not there. Long ago a field
    /// was the Base64 alone, without a time.
    /// @throws IllegalArgumentException when it is no Base64
    public static Optional<String> content(Struct record, String field) {
        Object value = record.get(field);
        String content = value instanceof Struct made ? made.text(CONTENT) : value instanceof String old ? old : "";
        return content.isEmpty() ? Optional.empty()
                : Optional.of(new String(Base64.getDecoder().decode(content), StandardCharsets.UTF_8));
    }

    /// @return [Instant#MAX] without a time that can be read: then no file is newer
    private static Instant timestamp(Struct record, String field) {
        try {
            return record.get(field) instanceof Struct made ? Instant.parse(made.text(TIMESTAMP)) : Instant.MAX;
        } catch (DateTimeException old) {
            return Instant.MAX;
        }
    }

    /// Brings the disk up to the record. Says whether a file was written. All is looked at before anything is written;
    /// a crash in between leaves some files of the record, and the next start writes the rest. Certificates are
    /// readable by everybody, everything else by its owner.
    ///
    /// @param record fields it does not have leave their files alone
    /// @param force overwrites newer files, too
    /// @throws IOException in K3s' words, before anything is written, when files are newer than the record
    public boolean write(Struct record, boolean force) throws IOException {
        List<String> newer = new ArrayList<>();
        Map<Path, String> changes = new LinkedHashMap<>();
        Map<Path, Instant> times = new HashMap<>();
        for (Map.Entry<String, Path> file : files().entrySet()) {
            Optional<String> wanted = content(record, file.getKey());
            Optional<String> there = PemFiles.read(file.getValue());
            if (wanted.isEmpty() || wanted.equals(there)) {
                continue;
            }
            if (there.isPresent()) {
                // the encryption configuration is in the record before it is on any disk
                if (!force && !file.getKey().startsWith("Encryption")
                        && newer(file.getValue(), timestamp(record, file.getKey()))) {
                    newer.add(file.getValue().toString());
                }
                LOG.log(Level.WARNING, file.getValue() + " will be updated from the datastore.");
            }
            changes.put(file.getValue(), wanted.get());
            times.put(file.getValue(), timestamp(record, file.getKey()));
        }
        if (!newer.isEmpty()) {
            throw new IOException(String.join(", ", newer) + " newer than datastore and could cause a cluster outage."
                    + " Remove the file(s) from disk and restart to be recreated from datastore.");
        }
        for (Map.Entry<Path, String> change : changes.entrySet()) {
            boolean open = change.getKey().toString().endsWith(".crt");
            PemFiles.directory(Objects.requireNonNull(change.getKey().getParent()));
            PemFiles.write(change.getKey(), change.getValue(), open ? PemFiles.OPEN : PemFiles.SECRET);
            Instant when = times.getOrDefault(change.getKey(), Instant.MAX);
            if (when.isBefore(Instant.MAX)) {
                // as old as what is in it: a record that has changed before this start is newer still
                Files.setLastModifiedTime(change.getKey(), FileTime.from(when));
            }
        }
        return !changes.isEmpty();
    }

    /// @return false for a record without times
    private static boolean newer(Path file, Instant record) throws IOException {
        return record.isBefore(Instant.MAX)
                && !Files.getLastModifiedTime(file).toInstant().isBefore(record.plus(LEEWAY));
    }
}
