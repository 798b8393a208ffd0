package io.k3j.authtokens;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.WriteOptions;
import io.k3j.componentapi.Health;
import io.k3j.componentbase.Signal;
import io.k3j.componentbase.SupervisedLoop;
import io.k3j.metricstext.MetricText;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Patch;
import io.k3j.model.Struct;
import java.time.DateTimeException;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/// Notes on which day a token that is kept in a Secret was last used, in a label of the Secret, once a day for each,
/// and since when that is done, in a ConfigMap. Who takes away what nobody uses goes by both. See
/// <https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/>, "Legacy ServiceAccount token
/// tracking controller".
///
/// **Threads.** A request says that it uses a token and goes on; one virtual thread writes, once a second at most. What
/// cannot be written is tried again, or forgotten and said anew by the token's next use.
final class LegacyTokenTracking implements AutoCloseable {
    static final Key TRACKING = new Key("kube-system", "kube-apiserver-legacy-service-account-token-tracking");
    static final String LAST_USED = "kubernetes.io/legacy-token-last-used";
    static final String INVALID_SINCE = "kubernetes.io/legacy-token-invalid-since";
    /// How many Secrets wait for their label at most; the uses of others are noted by a later one.
    static final int MOST_WAITING = 1024;
    private static final Gvr CONFIG_MAPS = new Gvr("", "v1", "configmaps");
    private static final long PAUSE_MILLIS = TimeUnit.SECONDS.toMillis(1);
    private static final long PERIOD_MILLIS = TimeUnit.MINUTES.toMillis(30);
    private static final int TOO_MANY = 429;
    private static final int SERVER_ERRORS = 500;
    private static final System.Logger LOG = System.getLogger("io.k3j.authtokens");
    private final ApiClient api;
    private final InstantSource clock;
    private final SupervisedLoop loop;
    private final Signal signal = new Signal();
    /// Secrets whose label is of another day, with their uids.
    private final Map<Key, String> waiting = new ConcurrentHashMap<>();
    private final LongAdder automatic = new LongAdder();
    private final LongAdder manual = new LongAdder();
    private final LongAdder invalidated = new LongAdder();
    private volatile boolean open = true;

    /// Not begun.
    ///
    /// @param api of the API server itself
    /// @param health where the loop reports
    LegacyTokenTracking(ApiClient api, Health health, InstantSource clock) {
        this.api = api;
        this.clock = clock;
        this.loop = SupervisedLoop.virtual(health, "legacy-token-tracking", this::run);
    }

    /// Begins to write.
    LegacyTokenTracking begin() {
        loop.start();
        return this;
    }

    /// Notes that somebody shows the token in a Secret. Any thread; does not block.
    ///
    /// @param account whose token it is
    /// @return whether it may be used: not after it was marked as one that nobody uses
    boolean used(Obj account, Obj secret) {
        Struct labels = secret.metadata().struct("labels");
        boolean invalid = !labels.text(INVALID_SINCE).isEmpty();
        if (invalid) {
            invalidated.increment();
        } else {
            (generated(account, secret) ? automatic : manual).increment();
        }
        note(secret, labels.text(LAST_USED));
        return !invalid;
    }

    /// Tokens that an account names were made by themselves, as before 1.24.
    private static boolean generated(Obj account, Obj secret) {
        return account.tree().seq("secrets").structs().stream()
                .anyMatch(ref -> ref.text("name").equals(secret.name()));
    }

    /// A label of tomorrow is one of a server whose clock is ahead.
    private void note(Obj secret, String lastUsed) {
        LocalDate today = today();
        if (!lastUsed.equals(today.toString()) && !lastUsed.equals(today.plusDays(1).toString())
                && waiting.size() < MOST_WAITING && waiting.putIfAbsent(secret.key(), secret.uid()) == null) {
            signal.raise();
        }
    }

    private LocalDate today() {
        return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    }

    private void run() {
        while (open) {
            boolean done = round();
            if (!signal.await(() -> !open, PAUSE_MILLIS)) {
                return;
            }
            signal.await(() -> !open || !done || !waiting.isEmpty(), PERIOD_MILLIS);
        }
    }

    /// Writes what is to be written. What fails keeps nothing else from being written.
    ///
    /// @return false when some of it could not be written for now
    boolean round() {
        boolean all = attempt("since", this::since) == 0;
        for (Map.Entry<Key, String> used : waiting.entrySet()) {
            if (!open) {
                return false;
            }
            int fault = attempt(used.getKey(), () -> label(used.getKey(), used.getValue()));
            if (fault == TOO_MANY || fault >= SERVER_ERRORS) {
                all = false;
            } else {
                waiting.remove(used.getKey());
            }
        }
        return all;
    }

    /// @return the code of the fault; 0 when there was none
    private static int attempt(Object what, Runnable step) {
        try {
            step.run();
            return 0;
        } catch (ApiFault f) {
            LOG.log(System.Logger.Level.DEBUG, "Use of tokens not noted of={0} error={1}", what, f.getMessage());
            return f.code();
        }
    }

    private void label(Key secret, String uid) {
        api.patch(Subjects.SECRETS, secret, new Patch.Merge(Struct.of("metadata", Struct.of("uid", uid, "labels",
                Struct.of(LAST_USED, today().toString())))), WriteOptions.PLAIN);
    }

    private void since() {
        Optional<Obj> there = api.find(CONFIG_MAPS, TRACKING);
        Struct data = Struct.of("since", today().toString());
        if (there.isEmpty()) {
            create(data);
        } else if (date(there.get().tree().struct("data").text("since")).isEmpty()) {
            api.patch(CONFIG_MAPS, TRACKING, new Patch.Merge(Struct.of("data", data)), WriteOptions.PLAIN);
        }
    }

    private void create(Struct data) {
        try {
            api.create(CONFIG_MAPS, Obj.of(Struct.of("apiVersion", "v1", "kind", "ConfigMap", "metadata",
                    Struct.of("name", TRACKING.name(), "namespace", TRACKING.namespace()), "data", data)),
                    WriteOptions.PLAIN);
        } catch (ApiFault f) {
            if (!f.reason().equals("AlreadyExists")) {
                throw f;
            }
        }
    }

    private static Optional<LocalDate> date(String text) {
        try {
            return Optional.of(LocalDate.parse(text));
        } catch (DateTimeException none) {
            return Optional.empty();
        }
    }

    /// Its figures, by upstream's names.
    String text() {
        MetricText text = new MetricText();
        counter(text, "serviceaccount_legacy_auto_token_uses_total", "Cumulative auto-generated legacy tokens used",
                automatic);
        counter(text, "serviceaccount_legacy_manual_token_uses_total", "Cumulative manually created legacy tokens used",
                manual);
        counter(text, "serviceaccount_invalid_legacy_auto_token_uses_total",
                "Cumulative invalid auto-generated legacy tokens used", invalidated);
        return text.toString();
    }

    private static void counter(MetricText text, String name, String help, LongAdder count) {
        text.family(name, MetricText.Type.COUNTER, help).value(count.sum());
    }

    /// Ends the loop; what waits is forgotten.
    @Override
    public void close() {
        open = false;
        loop.close();
        signal.raise();
    }
}
