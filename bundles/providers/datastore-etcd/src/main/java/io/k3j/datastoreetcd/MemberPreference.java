package io.k3j.datastoreetcd;

import io.k3j.jetcd.EtcdClient;
import io.k3j.jetcd.EtcdCluster;
import io.k3j.jetcd.EtcdEndpoints;
import io.k3j.jetcd.EtcdFailure;
import io.k3j.jetcd.EtcdKv;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Which members a server with its own member connects to: its own; the other voters while that one does not
/// answer; and its own again as soon as it does. The others are known only from the own member, so that after a
/// reset or a restore the server never connects to members of the former cluster. A server whose member was
/// removed has no others.
final class MemberPreference {
    private static final System.Logger LOG = System.getLogger("io.k3j.datastoreetcd");
    private static final Duration LIMIT = Duration.ofSeconds(2);
    private static final Duration PROBE_LIMIT = Duration.ofMillis(800);
    private final EtcdClient client;
    private final EtcdEndpoints own;
    private final URI localEndpoint;
    private final Attempts attempts;
    private long id;
    private boolean usingRemote;

    /// @param own the endpoint of the own member, the client's first endpoint
    MemberPreference(EtcdClient client, EtcdEndpoints own, Attempts attempts) {
        this.client = client;
        this.own = own;
        this.localEndpoint = own.all().getFirst();
        this.attempts = attempts;
    }

    /// Reads the members once, and returns to the own member when it answers. Blocks for a few seconds at most.
    /// @throws EtcdFailure when the request is refused
    /// @throws io.k3j.datastoreapi.DatastoreUnavailable when no member answers
    void update() {
        if (id == 0) {
            id = attempts.call("ask for the own member", LIMIT,
                    limit -> new EtcdCluster(client).status(limit)).memberId();
        }
        List<EtcdCluster.Member> members = attempts.call("ask for the members", LIMIT,
                limit -> new EtcdCluster(client).members(limit));
        client.follow(endpoints(members));
        client.leaveStrangers();
        logSwitch();
        if (!client.at().equals(Optional.of(localEndpoint)) && localAnswers()) {
            client.moveTo(localEndpoint);
            logSwitch();
        }
    }

    private List<URI> endpoints(List<EtcdCluster.Member> members) {
        List<URI> all = new ArrayList<>(List.of(localEndpoint));
        if (members.stream().anyMatch(m -> m.id() == id)) {
            members.stream().filter(m -> m.id() != id && !m.learner()).flatMap(m -> m.clientUrls().stream())
                    .map(URI::create).forEach(all::add);
        }
        return all;
    }

    /// Whether the own member serves linearizable reads, thus has a leader and is up to date.
    private boolean localAnswers() {
        try (EtcdClient probe = EtcdClient.of(own, "etcd-home")) {
            new EtcdKv(probe).count(Compactions.NOTHING, 0, PROBE_LIMIT);
            return true;
        } catch (EtcdFailure unavailable) {
            return false;
        }
    }

    private void logSwitch() {
        boolean remote = client.at().filter(at -> !at.equals(localEndpoint)).isPresent();
        if (remote && !usingRemote) {
            LOG.log(System.Logger.Level.WARNING, "Local etcd member does not answer, using endpoint="
                    + client.at().map(URI::getAuthority).orElse("another server"));
        } else if (!remote && usingRemote) {
            LOG.log(System.Logger.Level.INFO, "Using the local etcd member again");
        }
        usingRemote = remote;
    }
}
