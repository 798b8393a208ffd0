package io.k3j.clusteragreement;

import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.Entry;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// Whether this server may run with its flags in this cluster.
///
/// ```
///   no record ─────────────► this server's flags become it
///   same ──────────────────► go on
///   differs, not alone ────► refused; a default of a newer release that the record does not know is no difference
///   differs, alone ── CIDRs, domain, unexplained datastore ──► refused
///                  └─ anything else ─► this server's flags become the record, each change logged
/// ```
///
/// Alone is a server whose datastore nobody shares, that resets the cluster, or that finds no other one in [Members].
/// Two that start at once with different flags cannot both find themselves alone: each says that it is there before it
/// writes, and the second to write compares again.
///
/// One object per start; any thread, one at a time. Calls block for the datastore; one that is away is a
/// [io.k3j.datastoreapi.DatastoreUnavailable].
public final class Parity {
    private static final System.Logger LOG = System.getLogger("io.k3j.supervisor");
    /// Left in a datastore by `k3s datastore copy`: the kind it was copied to.
    private static final String COPIED = "k3s/datastore-copied";
    /// A token may come from `--token-file` and its like.
    private static final String FILE = "File";
    /// Each one means that another server has just written; more of them at once there are not.
    private static final int ATTEMPTS = 5;

    private final Mine mine;
    private final InstantSource clock;
    private final RandomGenerator random;

    /// What this server is and wants.
    ///
    /// @param name the server's name
    /// @param agreement its values
    /// @param whereSet flag in camel case to where it was set; a flag that is not there has its default
    /// @param reset whether `--cluster-reset` was asked for
    /// @param kind what it is to other servers
    /// @param form the form of the data it writes
    public record Mine(String name, Agreement agreement, Map<String, String> whereSet, boolean reset,
            Members.Kind kind, int form) {
        /// One that writes the first form.
        public Mine(String name, Agreement agreement, Map<String, String> whereSet, boolean reset, Members.Kind kind) {
            this(name, agreement, whereSet, reset, kind, 1);
        }

        /// Where this server contradicts the cluster: what differs, but for the default of a flag that the cluster has
        /// never heard of. Servers of a newer release have such flags while the others are still to be upgraded, and
        /// nobody has said anything about them.
        /// @param cluster the values of the others
        /// @return sorted by flag, empty when they go together
        public List<Agreement.Difference> contradictions(Agreement cluster) {
            return agreement.differences(cluster).stream()
                    .filter(one -> cluster.values().containsKey(one.key()) || given(one.key())).toList();
        }

        private boolean given(String key) {
            return whereSet.containsKey(key) || whereSet.containsKey(key + FILE);
        }
    }

    /// For this server; asks nothing yet.
    public Parity(Mine mine, InstantSource clock, RandomGenerator random) {
        this.mine = mine;
        this.clock = clock;
        this.random = random;
    }

    /// Compares, and only that. Each change a server alone makes is logged here, before it is written.
    /// @param password of the server token, not empty
    /// @return the record to write, empty when the one there is right
    /// @throws FlagMismatch with all differences
    /// @throws IOException when the record was sealed with another token, or the datastore has a newer form
    public Optional<AgreedRecord> check(Datastore datastore, String password) throws IOException {
        SharedForm.check(datastore, mine.form());
        Optional<AgreedRecord> found = AgreedRecord.read(datastore, password);
        if (found.isEmpty()) {
            return Optional.of(record(0));
        }
        AgreedRecord cluster = found.get();
        List<Agreement.Difference> all = mine.agreement().differences(cluster.agreement());
        if (all.isEmpty()) {
            return Optional.empty();
        }
        boolean alone = !datastore.shared() || mine.reset()
                || new Members(datastore, mine.name(), mine.kind(), clock).others().isEmpty();
        List<Agreement.Difference> against = mine.contradictions(cluster.agreement());
        if (!alone && against.isEmpty()) {
            // servers of the release before would be refused by a record with a flag they do not know
            return Optional.empty();
        }
        List<Agreement.Difference> wrong = alone ? all.stream().filter(one -> !mayChange(one, datastore)).toList()
                : against.stream().filter(one -> !explained(one, datastore)).toList();
        if (!wrong.isEmpty()) {
            throw FlagMismatch.of(alone ? wrong : against, cluster, mine.whereSet());
        }
        for (Agreement.Difference one : all) {
            LOG.log(Level.INFO, "Changed the cluster's configuration flag=" + one.flag() + " from="
                    + Agreement.shown(one.key(), one.there()) + " to=" + Agreement.shown(one.key(), one.here()));
        }
        return Optional.of(record(cluster.revision()));
    }

    /// By a server that is alone.
    private boolean mayChange(Agreement.Difference one, Datastore datastore) {
        return !one.fixed() || explained(one, datastore);
    }

    /// A datastore may become another one by conversion, reset or copy. From SQLite to etcd K3s converts by itself
    /// (`--cluster-init`); a reset begins a new etcd; a copy has left its mark.
    private boolean explained(Agreement.Difference one, Datastore datastore) {
        if (!one.key().equals(Agreement.DATASTORE)) {
            return false;
        }
        boolean converted = one.there().equals("sqlite") && one.here().equals("etcd");
        Optional<String> copied = datastore.get(COPIED).map(Entry::value)
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8).strip());
        return converted || mine.reset() || copied.equals(Optional.of(one.here()));
    }

    /// @param revision of the record that is replaced, 0 for the first
    private AgreedRecord record(long revision) {
        return new AgreedRecord(mine.agreement(), mine.name(),
                clock.instant().truncatedTo(ChronoUnit.SECONDS).toString(), revision);
    }

    /// Writes what [#check] found to be written, comparing again as often as another server was faster, and says that
    /// this server is a member. One that is refused is none.
    /// @param wanted what [#check] has returned; empty writes no record
    /// @throws FlagMismatch when the record of a server that was faster differs
    /// @throws IOException when the record changes all the time
    /// @throws io.k3j.datastoreapi.DatastoreUnavailable when the datastore does not answer; asked again, it goes on
    public void settle(Datastore datastore, String password, Optional<AgreedRecord> wanted) throws IOException {
        Members members = new Members(datastore, mine.name(), mine.kind(), clock);
        if (mine.reset()) {
            members.forgetOthers();
        }
        // seen before the record is written: of two that start at once the second one finds it is not alone
        boolean fresh = datastore.shared() && members.seen();
        try {
            write(datastore, password, wanted);
        } catch (IOException refused) {
            if (fresh) {
                members.leave();
            }
            throw refused;
        }
        SharedForm.record(datastore, mine.form());
        datastore.get(COPIED).ifPresent(marker -> datastore.delete(COPIED, marker.revision()));
    }

    /// A loser compares again: the winner's values may be the same, or others, which refuses it.
    private void write(Datastore datastore, String password, Optional<AgreedRecord> wanted) throws IOException {
        Optional<AgreedRecord> next = wanted;
        for (int attempt = 0; next.isPresent() && !next.get().write(datastore, password, random); attempt++) {
            if (attempt == ATTEMPTS) {
                throw new IOException("the record of the servers' configuration changes all the time; start again");
            }
            next = check(datastore, password);
        }
    }

    /// The time now. Of day, by the clock this was given.
    public Instant now() {
        return clock.instant();
    }

    /// This server.
    public Mine mine() {
        return mine;
    }
}
