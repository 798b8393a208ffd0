package io.k3j.clusteragreement;

import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.model.Struct;
import io.k3j.pki.ClusterAccess;
import io.k3j.servercredentials.ServerLayout;
import io.k3j.servercredentials.SupervisorSettings;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/// Becomes a server of the cluster another server belongs to: checks who that is, compares the flags, takes over
/// authorities and keys. Nothing is written before everything has been looked at.
///
/// It speaks K3s' protocol as [io.k3j.pki.ClusterAccess] has it: ten seconds for each request, and nothing secret
/// before the other server has shown that it fits the token. Any thread; one at a time.
public final class ServerJoin {
    private static final System.Logger LOG = System.getLogger("io.k3j.supervisor");
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    /// Hexadecimal digits K3s appends to a node's name for its etcd member.
    private static final int MEMBER_DIGITS = 8;

    private final ServerLayout layout;
    private final SupervisorSettings settings;
    private final Parity.Mine mine;
    private final Struct configuration;

    /// `configuration` is what this server would answer to `/v1-k3s/config`. Asks nobody yet.
    /// @param settings of which `server`, `token` and `nodeName` count
    public ServerJoin(ServerLayout layout, SupervisorSettings settings, Parity.Mine mine, Struct configuration) {
        this.layout = layout;
        this.settings = settings;
        this.mine = mine;
        this.configuration = configuration;
    }

    /// Takes over the authorities the cluster has now, when they are newer than those on disk; blocks for some seconds.
    /// For a server whose etcd no longer trusts its fellows (ADR 0078). A part of the authorities is never taken over.
    /// @param token what this server is let in with
    /// @return whether they were
    /// @throws FlagMismatch when this server's flags contradict the cluster's; then nothing was written
    /// @throws IOException when the other server cannot be reached or refuses
    public boolean catchUp(String token) throws IOException {
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

    /// The bootstrap record, unsealed: a server token may see it.
    private Struct record(ClusterAccess access) throws IOException {
        return json(granted(access.get("/v1-k3s/server-bootstrap"), "/v1-k3s/server-bootstrap"));
    }

    /// Joins; blocks for some seconds. Tokens, flags and names are checked first, then files are written all together.
    /// @throws IOException when it is refused, there or here; then nothing was written. The message is the
    /// whole sentence; [FlagMismatch] for flags
    public void join() throws IOException {
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
            LOG.log(Level.INFO, "Adopted the cluster's CA certificates from=" + settings.server());
        }
    }

    /// etcd has no member of this node yet. An etcd that does not answer now is asked by its new member itself. K3s
    /// refuses a second member of one node in the same words.
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

    /// A K3j server shows its record, with everything it knows as critical. A stock one shows its settings; a field it
    /// does not have is a version's difference and counts as the same.
    /// @throws FlagMismatch with all differences
    private void compare(ClusterAccess access) throws IOException {
        ClusterAccess.Answer answer = access.get("/v1-k3s/server-config");
        if (answer.status() != NOT_FOUND) {
            AgreedRecord cluster = AgreedRecord.of(json(granted(answer, "/v1-k3s/server-config")));
            List<Agreement.Difference> all = mine.contradictions(cluster.agreement());
            if (!all.isEmpty()) {
                throw FlagMismatch.of(all, cluster, mine.whereSet());
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
            throw FlagMismatch.of(all, cluster, mine.whereSet());
        }
    }

    /// @throws IOException with what to do, for any other answer than yes
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

    /// The `message` of a `Status`, as Kubernetes' and K3s' servers answer.
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
