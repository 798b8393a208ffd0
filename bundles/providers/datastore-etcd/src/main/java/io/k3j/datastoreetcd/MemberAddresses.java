package io.k3j.datastoreetcd;

import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.jetcd.EtcdCluster.Member;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.pki.ClusterAccess;
import io.k3j.pki.PemFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// The addresses of the managed etcd's members, for a server without a member (`--disable-etcd`). Cached in a
/// file in the form of `/db/info`; the server of `--server` is asked when the file is missing or no cached
/// member answers.
final class MemberAddresses {
    private static final int OK = 200;
    private final Path file;
    private final Source source;
    private boolean triedCache;

    /// Requests `/db/info` from a server of the cluster; returns the body.
    interface Source {
        String ask() throws IOException;
    }

    MemberAddresses(Path file, Source source) {
        this.file = file;
        this.source = source;
    }

    static MemberAddresses of(EtcdDatastoreSettings settings) {
        Path server = Path.of(settings.dataDir()).toAbsolutePath().resolve("server");
        return new MemberAddresses(server.resolve("db/etcd-members.json"),
                () -> request(settings, server.resolve("token")));
    }

    private static String request(EtcdDatastoreSettings settings, Path kept) throws IOException {
        String token = settings.token().isEmpty() ? PemFiles.read(kept).orElse("").strip() : settings.token();
        try (ClusterAccess access = ClusterAccess.of(settings.server(), token, "server")) {
            ClusterAccess.Answer answer = access.get("/db/info");
            if (answer.status() != OK) {
                throw new IOException(settings.server() + "/db/info answered " + answer.status());
            }
            return answer.text();
        }
    }

    /// The endpoints to connect to, comma-separated: those cached and those of the server in turn, because the
    /// caller retries after a failure. Blocks.
    /// @throws DatastoreUnavailable when neither source has any
    String endpoints() {
        try {
            List<String> known = PemFiles.read(file).map(MemberAddresses::cached).orElse(List.of());
            triedCache = !known.isEmpty() && !triedCache;
            List<String> all = triedCache ? known : urls(source.ask());
            if (all.isEmpty()) {
                throw new IOException("no member of etcd has started yet");
            }
            return String.join(",", all);
        } catch (IOException e) {
            throw new DatastoreUnavailable("where the members of etcd are is not known: " + e.getMessage(), e, false);
        }
    }

    private static List<String> cached(String text) {
        try {
            return urls(text);
        } catch (IOException damaged) {
            return List.of();
        }
    }

    private static List<String> urls(String text) throws IOException {
        try {
            List<String> urls = new ArrayList<>();
            for (Struct member : Json.object(text.getBytes(StandardCharsets.UTF_8)).seq("members").structs()) {
                if (!member.flag("isLearner")) {
                    urls.addAll(member.seq("clientURLs").texts());
                }
            }
            return urls;
        } catch (MalformedInput e) {
            throw new IOException("the list of etcd's members cannot be read: " + e.getMessage(), e);
        }
    }

    /// Caches these members.
    void keep(List<Member> members) throws IOException {
        Seq all = Seq.EMPTY;
        for (Member member : members) {
            all = all.plus(Struct.of("name", member.name(), "peerURLs", Seq.copyOf(member.peerUrls()), "clientURLs",
                    Seq.copyOf(member.clientUrls()), "isLearner", member.learner()));
        }
        String text = Json.text(Struct.of("members", all)) + "\n";
        if (!PemFiles.read(file).equals(Optional.of(text))) {
            PemFiles.directory(Objects.requireNonNull(file.getParent()));
            PemFiles.write(file, text, PemFiles.SECRET);
        }
    }
}
