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
import java.util.Optional;

/// Where the members of the managed etcd are, for a server that is none of them (`--disable-etcd`): remembered in a
/// file in the form of `/db/info`, and asked at the server to join when nothing is remembered or nobody of those
/// answers.
final class Whereabouts {
    private static final int OK = 200;
    private final Path file;
    private final Source source;
    private boolean tried;

    /// Asks a server of the cluster for the body of its `/db/info`.
    interface Source {
        String ask() throws IOException;
    }

    Whereabouts(Path file, Source source) {
        this.file = file;
        this.source = source;
    }

    static Whereabouts of(Settings settings) {
        Path server = Path.of(settings.dataDir()).toAbsolutePath().resolve("server");
        return new Whereabouts(server.resolve("db/etcd-members.json"), () -> asked(settings, server.resolve("token")));
    }

    private static String asked(Settings settings, Path kept) throws IOException {
        String token = settings.token().isEmpty() ? PemFiles.read(kept).orElse("").strip() : settings.token();
        try (ClusterAccess access = ClusterAccess.of(settings.server(), token, "server")) {
            ClusterAccess.Answer answer = access.get("/db/info");
            if (answer.status() != OK) {
                throw new IOException(settings.server() + "/db/info answered " + answer.status());
            }
            return answer.text();
        }
    }

    /// Where to go, as a list of endpoints: what is remembered and what the server says, by turns. Blocks.
    /// @throws DatastoreUnavailable when nobody knows now
    String endpoints() {
        try {
            List<String> known = PemFiles.read(file).map(Whereabouts::remembered).orElse(List.of());
            tried = !known.isEmpty() && !tried;
            List<String> all = tried ? known : urls(source.ask());
            if (all.isEmpty()) {
                throw new IOException("no member of etcd has started yet");
            }
            return String.join(",", all);
        } catch (IOException e) {
            throw new DatastoreUnavailable("where the members of etcd are is not known: " + e.getMessage(), e, false);
        }
    }

    private static List<String> remembered(String text) {
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

    /// Remembers these.
    void keep(List<Member> members) throws IOException {
        Seq all = Seq.EMPTY;
        for (Member member : members) {
            all = all.plus(Struct.of("name", member.name(), "peerURLs", Seq.copyOf(member.peerUrls()), "clientURLs",
                    Seq.copyOf(member.clientUrls()), "isLearner", member.learner()));
        }
        String text = Json.text(Struct.of("members", all)) + "\n";
        if (!PemFiles.read(file).equals(Optional.of(text))) {
            PemFiles.directory(file.getParent());
            PemFiles.write(file, text, PemFiles.SECRET);
        }
    }
}
