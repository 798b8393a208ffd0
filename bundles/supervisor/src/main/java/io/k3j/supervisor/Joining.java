package io.k3j.supervisor;

import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.model.Struct;
import io.k3j.pki.ClusterAccess;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/// Becomes a server of the cluster another server belongs to: checks who that is, compares the flags, takes over
/// authorities and keys. Nothing is written before everything has been looked at.
final class Joining {
    private static final System.Logger LOG = System.getLogger("io.k3j.supervisor");
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    private static final int MEMBER_DIGITS = 8;

    private final Layout layout;
    private final Settings settings;
    private final Parity.Mine mine;
    private final Struct configuration;

    /// `configuration` is what this server would answer to `/v1-k3s/config`.
    Joining(Layout layout, Settings settings, Parity.Mine mine, Struct configuration) {
        this.layout = layout;
        this.settings = settings;
        this.mine = mine;
        this.configuration = configuration;
    }

    /// Takes over the authorities the cluster has now, when they are newer than those on disk; blocks for some seconds.
    /// @param token what this server is let in with
    /// @return whether they were
    /// @throws Mismatch when this server's flags contradict the cluster's; then nothing was written
    boolean catchUp(String token) throws IOException {
        try (ClusterAccess access = ClusterAccess.of(settings.server(), token, "server")) {
            BootstrapFiles files = new BootstrapFiles(layout);
            Struct newer = files.newerAuthorities(record(access));
            if (newer.isEmpty()) {
                return false;
            }
            compare(access);
            return files.write(newer, false);
        }
    }

    private Struct record(ClusterAccess access) throws IOException {
        return json(granted(access.get("/v1-k3s/server-bootstrap"), "/v1-k3s/server-bootstrap"));
    }

    /// Joins; blocks for some seconds.
    /// @throws IOException when it is refused, there or here; then nothing was written
    void join() throws IOException {
        String token = settings.token();
        if (token.isEmpty()) {
            throw new IOException("--token is required to join " + settings.server()
                    + "; it is in server/token on a server of the cluster");
        }
        try (ClusterAccess access = ClusterAccess.of(settings.server(), token, "server")) {
            access.warning().ifPresent(warning -> LOG.log(Level.WARNING, warning));
            compare(access);
            unique(access);
            new BootstrapFiles(layout).write(record(access), false);
            LOG.log(Level.INFO, "Took over the cluster's authorities from=" + settings.server());
        }
    }

    /// etcd has no member of this node yet. An etcd that does not answer now is asked by its new member itself.
    private void unique(ClusterAccess access) throws IOException {
        ClusterAccess.Answer answer = access.get("/db/info");
        if (!answer.ok()) {
            return;
        }
        for (Struct member : json(answer).seq("members").structs()) {
            String name = member.text("name");
            // a member is called by its node's name, a dash and eight digits
            if (name.length() == settings.nodeName().length() + 1 + MEMBER_DIGITS
                    && name.startsWith(settings.nodeName() + "-")) {
                throw new IOException("duplicate node name found, please use a unique name for this node: etcd has the"
                        + " member " + name + " at " + String.join(",", member.seq("peerURLs").texts())
                        + "; give another --node-name, or delete that node first: k3s kubectl delete node "
                        + settings.nodeName());
            }
        }
    }

    private void compare(ClusterAccess access) throws IOException {
        ClusterAccess.Answer answer = access.get("/v1-k3s/server-config");
        if (answer.status() != NOT_FOUND) {
            AgreedRecord cluster = AgreedRecord.of(json(granted(answer, "/v1-k3s/server-config")));
            List<Agreement.Difference> all = mine.agreement().differences(cluster.agreement());
            if (!all.isEmpty()) {
                throw Mismatch.of(all, cluster, mine.whereSet());
            }
            return;
        }
        // stock K3s keeps no record; what it compares are these fields
        Struct theirs = json(granted(access.get("/v1-k3s/config"), "/v1-k3s/config"));
        List<Agreement.Difference> all = new ArrayList<>();
        ControlConfig.CRITICAL.forEach((field, key) -> {
            String here = String.valueOf(configuration.get(field));
            String there = String.valueOf(theirs.get(field));
            boolean tolerated = there.equals("null") || there.isEmpty();
            if (!tolerated && !here.equals(there)) {
                all.add(new Agreement.Difference(key, here, there));
            }
        });
        if (!all.isEmpty()) {
            AgreedRecord cluster = new AgreedRecord(new Agreement(new TreeMap<>()), settings.server(), "stock K3s", 0);
            throw Mismatch.of(all, cluster, mine.whereSet());
        }
    }

    private ClusterAccess.Answer granted(ClusterAccess.Answer answer, String path) throws IOException {
        if (answer.ok()) {
            return answer;
        }
        throw new IOException(switch (answer.status()) {
            case UNAUTHORIZED -> settings.server() + " does not accept the token: it is another cluster's, or has been"
                    + " rotated; copy it again from server/token on a server of the cluster";
            case FORBIDDEN -> "the token is not a server token; take the one in server/token, not the agents'";
            default -> settings.server() + path + " answered " + answer.status() + ": " + reason(answer);
        });
    }

    private static String reason(ClusterAccess.Answer answer) {
        try {
            return Json.object(answer.body()).text("message");
        } catch (MalformedInput notOurs) {
            return "no reason given; is a K3s server listening there?";
        }
    }

    private static Struct json(ClusterAccess.Answer answer) throws IOException {
        try {
            return Json.object(answer.body());
        } catch (MalformedInput notOurs) {
            throw new IOException("the answer is not JSON; is a K3s server listening there?", notOurs);
        }
    }
}
