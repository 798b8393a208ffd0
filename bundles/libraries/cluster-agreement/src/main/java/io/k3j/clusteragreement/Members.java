package io.k3j.clusteragreement;

import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.datastoreapi.CommitResult;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.Entry;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/// Which servers there are, each a key of the datastore. A server with a node stays until its Node is deleted; one
/// without is forgotten five minutes after it was last seen. Lifetimes are the datastore's, so no clocks are compared.
/// Every call blocks for the datastore.
///
/// A row is JSON: `node`, `api`, `names`, `seen` (ISO 8601, for people). A row that cannot be read is a server without
/// a node. Servers of earlier releases write no `names`.
/// Any thread.
public final class Members {
    /// After this a server that is not seen is none. A row is written again each minute; several writes may fail before
    /// it ends.
    static final Duration LIFETIME = Duration.ofMinutes(5);
    private static final String PREFIX = "k3s/servers/";
    /// No cluster has so many servers; it bounds one answer of the datastore.
    private static final int MOST = 1000;

    private final Datastore datastore;
    private final String self;
    private final Kind kind;
    private final InstantSource clock;

    /// What a server is to the others.
    ///
    /// @param node whether it also runs a node of its name
    /// @param api `ip:port` of its API server, empty when it has none; with brackets around an IPv6 address
    /// @param names names and addresses by which clients look for it, beside its node's name
    public record Kind(boolean node, String api, List<String> names) {
        /// Copies the names.
        public Kind {
            names = List.copyOf(names);
        }

        /// A server that nobody looks for by a name.
        public Kind(boolean node, String api) {
            this(node, api, List.of());
        }
    }

    /// The list as `self` sees it. Asks nothing yet.
    /// @param clock the time of day, written down and never compared
    public Members(Datastore datastore, String self, Kind kind, InstantSource clock) {
        this.datastore = datastore;
        this.self = self;
        this.kind = kind;
        this.clock = clock;
    }

    /// The names of the others, 1000 at most. Those whose lifetime is over are not among them.
    public List<String> others() {
        List<String> names = new ArrayList<>();
        for (Entry entry : datastore.range(PREFIX, "", MOST, 0).entries()) {
            String name = entry.key().substring(PREFIX.length());
            if (!name.equals(self)) {
                names.add(name);
            }
        }
        return names;
    }

    /// Says that this server is there. A server with a node says it once. Says whether nobody knew before. A row that
    /// is right is not written again: with a node, for ever; without one, each call makes its lifetime begin anew.
    /// @return whether this call has made the row, so that [#leave] may take it back
    public boolean seen() {
        Optional<Entry> before = datastore.get(PREFIX + self);
        if (kind.node() && before.isPresent() && hasNode(before.get()) && api(before.get()).equals(kind.api())
                && names(before.get()).equals(kind.names())) {
            return false;
        }
        Struct what = Struct.builder().put("node", kind.node()).putUnlessEmpty("api", kind.api())
                .putUnlessEmpty("names", Seq.copyOf(kind.names())).put("seen", clock.instant().toString()).build();
        // a conflict is with this server's own predecessor: that has said it
        CommitResult result = datastore.commit(PREFIX + self, before.map(Entry::revision).orElse(0L),
                Json.bytes(what), kind.node() ? Duration.ZERO : LIFETIME);
        return before.isEmpty() && result instanceof CommitResult.Committed;
    }

    /// Takes back what [#seen] has said. Nothing when it is not there, or when it has changed meanwhile.
    void leave() {
        datastore.get(PREFIX + self).ifPresent(entry -> datastore.delete(entry.key(), entry.revision()));
    }

    /// Forgets servers whose node there is no more, by asking `nodeExists` for each other server that had one. Rows of
    /// servers without a node end by themselves.
    /// @param nodeExists asked on this thread; it may block. What it throws ends the call, and rows deleted by then
    /// stay so
    public void forget(Predicate<String> nodeExists) {
        for (Entry entry : datastore.range(PREFIX, "", MOST, 0).entries()) {
            String name = entry.key().substring(PREFIX.length());
            if (!name.equals(self) && hasNode(entry) && !nodeExists.test(name)) {
                datastore.delete(entry.key(), entry.revision());
            }
        }
    }

    /// Forgets all others, whatever they were: this server begins again alone. For `--cluster-reset`: servers that are
    /// still there come back when they are started again.
    void forgetOthers() {
        for (Entry entry : datastore.range(PREFIX, "", MOST, 0).entries()) {
            if (!entry.key().equals(PREFIX + self)) {
                datastore.delete(entry.key(), entry.revision());
            }
        }
    }

    /// Where the API servers of all are, as `ip:port`. For load balancers of nodes without an API server beside them;
    /// 1000 at most, in no order that counts.
    public static List<String> apiServers(Datastore datastore) {
        return datastore.range(PREFIX, "", MOST, 0).entries().stream().map(Members::api).filter(a -> !a.isEmpty())
                .toList();
    }

    /// By which names and addresses clients look for servers, but for those of one of them.
    ///
    /// @param except the name of that one
    public static Set<String> names(Datastore datastore, String except) {
        Set<String> all = new TreeSet<>();
        for (Entry entry : datastore.range(PREFIX, "", MOST, 0).entries()) {
            if (!entry.key().equals(PREFIX + except)) {
                all.addAll(names(entry));
            }
        }
        return all;
    }

    /// Whether a server of this name is there that also runs a node.
    public static boolean runsNode(Datastore datastore, String name) {
        return datastore.get(PREFIX + name).filter(Members::hasNode).isPresent();
    }

    private static List<String> names(Entry entry) {
        try {
            return Json.object(entry.value()).seq("names").texts();
        } catch (MalformedInput damaged) {
            return List.of();
        }
    }

    private static String api(Entry entry) {
        try {
            return Json.object(entry.value()).text("api");
        } catch (MalformedInput damaged) {
            return "";
        }
    }

    private static boolean hasNode(Entry entry) {
        try {
            return Boolean.TRUE.equals(Json.object(entry.value()).get("node"));
        } catch (MalformedInput damaged) {
            return false;
        }
    }
}
