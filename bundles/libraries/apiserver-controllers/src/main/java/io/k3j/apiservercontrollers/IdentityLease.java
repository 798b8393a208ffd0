package io.k3j.apiservercontrollers;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.WriteOptions;
import io.k3j.componentapi.Health;
import io.k3j.componentbase.Signal;
import io.k3j.componentbase.SupervisedLoop;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Selector;
import io.k3j.model.Struct;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// The Lease `kube-system/apiserver-<hash>` by which others see that this API server is there: renewed every ten
/// seconds, and once an hour those of servers that have not renewed theirs for an hour are deleted, as upstream
/// (`APIServerIdentity`, <https://kubernetes.io/docs/concepts/architecture/leases/#api-server-identity>). Nothing in
/// this process goes by it: servers know of each other by [Peers]. What fails is tried again at the next round.
///
/// **Threads.** One virtual thread, which waits most of the time.
public final class IdentityLease implements AutoCloseable {
    private static final Gvr LEASES = new Gvr("coordination.k8s.io", "v1", "leases");
    private static final String NAMESPACE = "kube-system";
    private static final String IDENTITY = "apiserver.kubernetes.io/identity";
    private static final String COMPONENT = "kube-apiserver";
    private static final String HOSTNAME = "kubernetes.io/hostname";
    private static final int LONGEST_LABEL = 63;
    private static final long RENEWAL_MILLIS = TimeUnit.SECONDS.toMillis(10);
    private static final long LIFETIME_SECONDS = TimeUnit.HOURS.toSeconds(1);
    /// How many renewals lie between two looks for the leases of others.
    private static final long ROUNDS = TimeUnit.HOURS.toMillis(1) / RENEWAL_MILLIS;
    private static final DateTimeFormatter MICROS = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'")
            .withZone(ZoneOffset.UTC);
    private static final System.Logger LOG = System.getLogger("io.k3j.apiserver");
    private final ApiClient api;
    private final Identity own;
    private final InstantSource clock;
    private final Signal signal = new Signal();
    private final SupervisedLoop loop;
    private volatile boolean open = true;

    /// Which server this is.
    ///
    /// @param id as `apiserver-…`: the name of the lease
    /// @param hostname of its machine
    /// @param holder tells starts of it apart; one that finds a lease of its name leaves the holder in it, as upstream
    public record Identity(String id, String hostname, String holder) {
    }

    /// Not started.
    ///
    /// @param api of the server itself
    /// @param clock of what is written
    /// @param health where the loop reports
    public IdentityLease(ApiClient api, Identity own, InstantSource clock, Health health) {
        this.api = api;
        this.own = own;
        this.clock = clock;
        this.loop = SupervisedLoop.virtual(health, "identity-lease", this::run);
    }

    /// Begins, once.
    public void start() {
        loop.start();
    }

    private void run() {
        for (long round = 0; open; round++) {
            attempt(this::renew);
            if (round % ROUNDS == 0) {
                attempt(this::collect);
            }
            if (!signal.await(() -> !open, RENEWAL_MILLIS)) {
                return;
            }
        }
    }

    private static void attempt(Runnable step) {
        try {
            step.run();
        } catch (ApiFault f) {
            LOG.log(System.Logger.Level.DEBUG, "Identity leases put off error={0}", f.getMessage());
        }
    }

    /// Writes that this server is there now. Blocks for calls of the API.
    ///
    /// @throws ApiFault when a read or write fails
    public void renew() {
        Key key = new Key(NAMESPACE, own.id);
        Optional<Obj> there = api.find(LEASES, key);
        if (there.isPresent()) {
            Map<String, String> labels = new LinkedHashMap<>(there.get().labels());
            labels.putAll(labels().texts());
            api.update(LEASES, there.get().with(MICROS.format(clock.instant()), "spec", "renewTime")
                    .with(Struct.copyOf(labels), "metadata", "labels"), WriteOptions.PLAIN);
            return;
        }
        api.create(LEASES, Obj.of(Struct.of("apiVersion", "coordination.k8s.io/v1", "kind", "Lease", "metadata",
                Struct.of("name", own.id, "namespace", NAMESPACE, "labels", labels()), "spec",
                Struct.of("holderIdentity", own.id + "_" + own.holder, "leaseDurationSeconds", LIFETIME_SECONDS,
                        "renewTime", MICROS.format(clock.instant())))),
                WriteOptions.PLAIN);
    }

    /// A host's name may be longer than a label's value.
    private Struct labels() {
        Struct.Builder labels = Struct.builder().put(IDENTITY, COMPONENT);
        return (own.hostname.length() > LONGEST_LABEL ? labels : labels.put(HOSTNAME, own.hostname)).build();
    }

    /// Deletes the leases of servers that are gone, and those that say no time. Blocks for calls of the API. One that
    /// is renewed or gone meanwhile is left.
    ///
    /// @throws ApiFault when a read or write fails
    public void collect() {
        Instant now = clock.instant();
        for (Obj lease : api.list(LEASES, Query.in(NAMESPACE).labelled(Selector.ofLabels(Map.of(IDENTITY, COMPONENT))))
                .items()) {
            if (expired(lease.spec(), now)) {
                delete(lease);
            }
        }
    }

    private void delete(Obj lease) {
        try {
            api.delete(LEASES, lease.key(), new DeleteOptions(-1, "", lease.uid(), lease.revision()));
        } catch (ApiFault f) {
            if (!f.reason().equals("NotFound") && !f.reason().equals("Conflict")) {
                throw f;
            }
        }
    }

    private static boolean expired(Struct spec, Instant now) {
        long seconds = spec.whole("leaseDurationSeconds", -1);
        if (seconds < 0) {
            return true;
        }
        try {
            return OffsetDateTime.parse(spec.text("renewTime")).toInstant().plusSeconds(seconds).isBefore(now);
        } catch (DateTimeException never) {
            return true;
        }
    }

    /// Ends the loop, also one that was never started; the lease stays for a successor, and expires without one.
    @Override
    public void close() {
        open = false;
        loop.close();
        signal.raise();
    }
}
