package io.k3j.metricsserver;

import io.k3j.apiserverapi.Lister;
import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.View;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthLevel;
import io.k3j.componentapi.HealthScope;
import io.k3j.componentapi.Metrics;
import io.k3j.componentbase.SupervisedLoop;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The loop over all nodes, and what is shown of it. Rounds begin 15 seconds apart as upstream's, 5 seconds until
/// there are figures. Each server has a loop of its own; it rests, and keeps nothing, while nobody asks this server.
/// The first question after a rest begins the rounds and waits for them. After a start there are rounds until there are
/// figures, so that a version that replaces another has some.
final class Scraping {
    /// How often nodes are asked; upstream's `--metric-resolution` as K3s leaves it.
    static final long ROUND_MILLIS = 15_000;
    /// How often until there are figures.
    static final long FIRST_ROUNDS_MILLIS = 5_000;
    /// How often a client that refuses for now is asked again.
    private static final long RETRY_MILLIS = 200;
    /// Rounds without an answer of anybody before that is a fault: at the start of a machine kubelets come later.
    private static final int PATIENCE_ROUNDS = 4;
    private static final long LIMIT_MILLIS = 13_500;
    private static final System.Logger LOG = System.getLogger("io.k3j.metricsserver");
    private final Figures figures = new Figures(this::uid, ROUND_MILLIS);
    private final ScrapeMetrics metrics = new ScrapeMetrics();
    private final Semaphore news = new Semaphore(0);
    private final Rounds rounds;
    private final HealthScope health;
    private final InstantSource clock;
    private final SupervisedLoop loop;
    private final long firstMillis;
    private volatile @Nullable ApiClient client;
    private volatile @Nullable Cluster cluster;
    private @Nullable ApiClient followed;
    private final Demand demand;
    /// Whether a round is over since the start or the last rest.
    private volatile boolean asked;
    /// Whether what the nodes said can be shown: of all that answer, or of those that have told enough in time.
    private volatile boolean shown;
    private int looks;
    private boolean announced;
    private int unanswered;
    private Runnable ready = () -> {
    };

    /// Starts nothing.
    /// @param clock the time of day
    /// @param firstMillis how often nodes are asked until there are figures
    Scraping(Source source, Health health, InstantSource clock, long firstMillis, Demand demand) {
        this.demand = demand;
        this.firstMillis = firstMillis;
        this.clock = clock;
        this.health = health.scope("metrics-server");
        metrics.of(figures);
        rounds = new Rounds(source, figures, metrics, clock, LIMIT_MILLIS);
        loop = SupervisedLoop.virtual(health, "metrics-server-rounds", this::work);
    }

    /// @param told once, when there are figures
    void start(Runnable told) {
        ready = told;
        loop.start();
    }

    /// Nodes and pods are those of this client from now on.
    void attach(ApiClient api) {
        client = api;
        news.release();
    }

    /// The client is going; its last picture stays.
    void detach(ApiClient api) {
        if (client == api) {
            client = null;
        }
    }

    Metrics metrics() {
        return metrics;
    }

    /// What nodes use.
    Lister nodes() {
        Function<Obj, Optional<Supplier<Struct>>> of = node -> figures.node(node.name())
                .map(amount -> () -> MetricsObjects.node(node, amount, clock.instant()));
        return new MetricsLister(MetricsKinds.NODES, () -> shown(Cluster::nodes), of);
    }

    /// What pods use.
    Lister pods() {
        Function<Obj, Optional<Supplier<Struct>>> of = pod -> {
            Map<String, Usage.Amount> containers = figures.pod(pod.key(), pod.uid());
            return containers.isEmpty() ? Optional.empty()
                    : Optional.of(() -> MetricsObjects.pod(pod, containers, clock.instant()));
        };
        return new MetricsLister(MetricsKinds.PODS, () -> shown(Cluster::pods), of);
    }

    /// @throws ApiFault 503 while there is nothing to tell
    private View shown(Function<Cluster, View> view) {
        demand.asked();
        if (!shown) {
            news.release();
            demand.await(() -> shown);
        }
        Cluster now = cluster;
        if (now == null || !asked) {
            throw ApiFault
                    .unavailable("metrics not available yet: no kubelet has been asked yet");
        }
        if (!shown) {
            throw ApiFault.unavailable("metrics not available yet: no node has answered twice; `k3s bundle ls` and the"
                    + " server's log say why");
        }
        return view.apply(now);
    }

    private String uid(Key pod, String node) {
        Cluster now = cluster;
        return now == null ? "" : now.uid(pod, node);
    }

    private void work() throws InterruptedException {
        while (true) {
            if (announced && cluster != null && !demand.recent()) {
                rest();
            } else {
                long pause = looked();
                news.drainPermits();
                awaitNews(pause);
            }
        }
    }

    /// A round where there are nodes to ask. In a frame of its own, which ends before the loop waits: one that waited
    /// would keep the views it has asked, and the API server they are of.
    ///
    /// @return milliseconds until the next one
    private long looked() throws InterruptedException {
        long begun = System.nanoTime();
        Cluster now = follow();
        if (now == null) {
            return RETRY_MILLIS;
        }
        round(now);
        return Math.max(RETRY_MILLIS, (shown ? ROUND_MILLIS : firstMillis)
                - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun));
    }

    /// Keeps nothing, and asks nobody until somebody asks.
    private void rest() throws InterruptedException {
        shown = false;
        asked = false;
        looks = 0;
        figures.keep(Set.of());
        health.ok();
        while (!demand.recent()) {
            if (behind()) {
                awaitNews(RETRY_MILLIS);
            } else {
                news.acquire();
                follow();
            }
        }
    }

    /// Whether there is a client that has refused so far: the one before it, and all it holds, is kept until then.
    private boolean behind() {
        ApiClient newest = client;
        return newest != null && newest != followed;
    }

    /// Waits out the pause; a new client is followed meanwhile, and asked again where it refuses.
    private void awaitNews(long millis) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
            long look = behind() ? Math.min(left, TimeUnit.MILLISECONDS.toNanos(RETRY_MILLIS)) : left;
            if (news.tryAcquire(look, TimeUnit.NANOSECONDS) || behind()) {
                follow();
            }
        }
    }

    /// The views of the newest client; those before it while it refuses.
    private @Nullable Cluster follow() {
        ApiClient newest = client;
        if (newest != null && behind()) {
            try {
                Cluster next = Cluster.of(newest);
                Cluster before = cluster;
                cluster = next;
                followed = newest;
                if (before != null) {
                    before.close();
                }
            } catch (ApiFault e) {
                LOG.log(System.Logger.Level.DEBUG, "Views not established yet error={0}", e.getMessage());
            }
        }
        return cluster;
    }

    private void round(Cluster now) throws InterruptedException {
        List<Obj> nodes = new ArrayList<>(now.nodes().readable());
        int answered = rounds.ask(nodes);
        asked = true;
        looks++;
        boolean all = figures.nodePoints() >= answered || looks >= PATIENCE_ROUNDS;
        shown = nodes.isEmpty() || figures.ready() && (shown || all);
        demand.changed();
        if (shown) {
            unanswered = 0;
            health.ok();
        } else {
            unanswered = answered == 0 ? unanswered + 1 : 0;
            health.report(unanswered >= PATIENCE_ROUNDS ? HealthLevel.DEGRADED : HealthLevel.STARTING,
                    answered == 0 ? "no kubelet answers" : "waiting for a second answer");
        }
        announce();
    }

    private void announce() {
        ApiClient api = client;
        if (!announced && api != null && shown) {
            try {
                ApiServiceObject.keep(api.as(ApiServiceObject.SUPERVISOR), clock.instant());
                ready.run();
                announced = true;
            } catch (ApiFault e) {
                LOG.log(System.Logger.Level.DEBUG, "APIService not written yet error={0}", e.getMessage());
            }
        }
    }

    /// Stops asking; no figures change any more when this returns. Waits for twice [Rounds#STOP] at most.
    void close() {
        loop.interrupt();
        rounds.close();
        loop.stop(Rounds.STOP);
        Cluster now = cluster;
        if (now != null) {
            now.close();
        }
    }
}
