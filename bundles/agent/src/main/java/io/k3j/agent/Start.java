package io.k3j.agent;

import io.k3j.clientapi.ApiClient;
import io.k3j.componentapi.Abort;
import io.k3j.componentapi.ClusterSettings;
import io.k3j.componentapi.HealthLevel;
import io.k3j.componentapi.HealthScope;
import io.k3j.componentapi.ListeningSockets;
import io.k3j.componentapi.Metrics;
import io.k3j.componentapi.Phases;
import io.k3j.componentapi.TimeSource;
import io.k3j.edgeapi.Endpoint;
import io.k3j.edgeapi.ListenerIdentity;
import io.k3j.pki.ClusterToken;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Hashtable;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.condition.Condition;

/// What happens from the start of the bundle to its end, on one virtual thread: join, open the doors, then look
/// after certificates and servers.
final class Start implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.k3j.agent");
    /// A node that has joined before waits no longer for a server before it starts from its files.
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final long FIRST_MILLIS = 200;
    private static final long LONGEST_MILLIS = 5_000;
    private static final Duration LOOK_AT_CERTIFICATES = Duration.ofHours(6);

    private final BundleContext context;
    private final Settings settings;
    private final Origin origin;
    private final HealthScope health;
    private final Abort abort;
    private final InstantSource clock = InstantSource.system();
    private final Layout layout;
    private final NodeFiles files;
    private final AllowedTargets targets;
    private final Tunnels tunnels;
    private final Servers servers;
    private final Balancers ways;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final List<ServiceRegistration<?>> services = new ArrayList<>();
    private final Thread thread;
    private String said = "";

    /// @param loops where the threads report
    Start(BundleContext context, Settings settings, HealthScope health, io.k3j.componentapi.Health loops,
            Abort abort) {
        this.context = context;
        this.settings = settings;
        this.origin = Origin.of(settings);
        this.health = health;
        this.abort = abort;
        this.layout = Layout.of(settings);
        this.files = new NodeFiles(layout, new SecureRandom());
        List<String> own = new ArrayList<>(List.of(settings.nodeIp()));
        own.addAll(List.of(settings.nodeExternalIp()));
        this.targets = new AllowedTargets(settings.kubeletPort(), own);
        this.tunnels = new Tunnels(files, targets, this::lookAtServers, clock, loops);
        this.servers = new Servers(clock, this::servers);
        this.ways = new Balancers(settings, layout, origin.server(), tunnels::health,
                TimeSource.system().monotonic(), loops);
        health.report(HealthLevel.STARTING, "joining " + origin.server());
        this.thread = Thread.ofVirtual().name("agent").start(this::run);
    }

    private void run() {
        try {
            Joining joining = begin();
            ClusterConfig config = first(joining);
            if (config != null) {
                targets.mode(config.egressMode(), config.clusterCidrs());
                boolean listed = said.isEmpty() && listed(joining);
                open(config);
                lookAfter(joining, config, listed);
            }
        } catch (Refused | IllegalArgumentException refused) {
            abort.abort(String.valueOf(refused.getMessage()));
        } catch (IOException failed) {
            LOG.log(Level.DEBUG, "not joined", failed);
            abort.abort("cannot join " + origin.server() + ": " + failed.getMessage());
        } catch (RuntimeException unexpected) {
            LOG.log(Level.ERROR, "the agent cannot go on", unexpected);
            abort.abort("the agent cannot go on: " + unexpected.getClass().getName() + "; the log has the details");
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private Joining begin() throws IOException, InterruptedException {
        ClusterToken token = ClusterToken.parse(origin.token(closed));
        URI supervisor = ways.open();
        if (!settings.disableApiserverLb()) {
            register(Metrics.class, ways::metrics, "component", "agent");
        }
        return new Joining(settings, token, layout, files, new Joining.Way(supervisor, origin.server(), ways::api));
    }

    /// Joins; or, when the node was in before and no server answers, what is known from then. Once a server has refused
    /// the node's password, it waits until one takes it, as K3s' agents do: the name may be another machine's by now.
    private @Nullable ClusterConfig first(Joining joining) throws IOException, InterruptedException, Refused {
        long start = System.nanoTime();
        boolean stranger = false;
        for (long pause = FIRST_MILLIS;; pause = Math.min(pause * 2, LONGEST_MILLIS)) {
            boolean known = files.complete(clock.instant());
            boolean patient = System.nanoTime() - start < PATIENCE.toNanos();
            try {
                ClusterConfig config = joining.join(clock.instant());
                health.ok();
                return config;
            } catch (Refused refused) {
                if (!known) {
                    throw refused;
                }
                if (!refused.password()) {
                    return remembered(joining, String.valueOf(refused.getMessage()));
                }
                stranger = true;
                tell("Waiting to retrieve agent configuration; server is not ready: " + refused.getMessage());
            } catch (IOException away) {
                String why = why(away);
                if (known && !patient && !stranger) {
                    return remembered(joining, why);
                }
                tell(why);
            }
            if (closed.await(pause, TimeUnit.MILLISECONDS)) {
                return null;
            }
        }
    }

    private @Nullable ClusterConfig remembered(Joining joining, String why) throws IOException, Refused {
        tell(why + "; this node starts with what it knows and tries on");
        return joining.remembered();
    }

    private String why(IOException away) {
        String trouble = ways.trouble();
        return origin.server() + " cannot be reached: " + (trouble.isEmpty() ? away.getMessage() : trouble);
    }

    private void tell(String trouble) {
        health.degraded(trouble);
        if (!trouble.equals(said)) {
            said = trouble;
            LOG.log(Level.WARNING, trouble);
        }
    }

    /// Knows the servers' own addresses before the rest of the node asks them, so that it does not depend on what
    /// stands before them.
    private boolean listed(Joining joining) {
        try {
            servers(joining.apiServers(clock.instant()));
            return true;
        } catch (IOException away) {
            LOG.log(Level.DEBUG, "the servers are asked for soon", away);
            return false;
        }
    }

    private void open(ClusterConfig config) throws IOException, Refused {
        // the port may be another than at the last start, and the servers away
        files.kubeConfigs(ways.api(config));
        register(ListenerIdentity.class, new NodeListener(layout), Endpoint.PORT, ListeningSockets.KUBELET);
        register(ClusterSettings.class, config.settings(), "server", origin.server());
        register(Condition.class, Condition.INSTANCE, Phases.ID, "io.k3j.pki-ready");
        register(Condition.class, Condition.INSTANCE, Phases.ID, "io.k3j.joined");
        List<String> known = ways.known();
        if (!known.isEmpty()) {
            tunnels.set(known);
        }
    }

    private synchronized <S> void register(Class<S> type, S service, String key, String value) {
        if (closed.getCount() > 0) {
            Hashtable<String, Object> properties = new Hashtable<>();
            properties.put(key, value);
            services.add(context.registerService(type, service, properties));
        }
    }

    private void lookAfter(Joining joining, ClusterConfig first, boolean known) throws InterruptedException {
        boolean listed = known;
        boolean ready = false;
        long pause = 0;
        while (!closed.await(pause, TimeUnit.MILLISECONDS)) {
            try {
                if (files.due(clock.instant()) || !said.isEmpty()) {
                    joining.join(clock.instant());
                    said = "";
                    health.ok();
                }
                if (!listed) {
                    servers(joining.apiServers(clock.instant()));
                    listed = true;
                }
                if (!ready) {
                    joining.ready(clock.instant());
                    ready = true;
                    compare(first, joining.config(clock.instant()));
                }
                pause = LOOK_AT_CERTIFICATES.toMillis();
            } catch (IOException away) {
                LOG.log(Level.DEBUG, "asked again soon", away);
                pause = Math.clamp(pause * 2, FIRST_MILLIS, LONGEST_MILLIS);
            } catch (Refused refused) {
                tell(String.valueOf(refused.getMessage()));
                pause = LONGEST_MILLIS;
            }
        }
    }

    private void compare(ClusterConfig first, ClusterConfig now) {
        if (!ClusterChange.between(first, now).isEmpty()) {
            tell("the cluster's settings have changed since this node started: " + ClusterChange.between(first, now)
                    + "; restart the agent to take them over");
        }
    }

    /// These are the API servers now.
    private void servers(List<String> addresses) {
        if (!addresses.isEmpty() && closed.getCount() > 0) {
            tunnels.set(ways.set(addresses));
        }
    }

    private void lookAtServers() {
        ways.check();
    }

    /// A client that knows the servers' addresses. Does not block.
    void api(ApiClient client) {
        servers.attach(client);
    }

    @Override
    public void close() {
        List<ServiceRegistration<?>> last;
        synchronized (this) {
            closed.countDown();
            last = List.copyOf(services);
            services.clear();
        }
        last.reversed().forEach(ServiceRegistration::unregister);
        thread.interrupt();
        servers.close();
        tunnels.close();
        ways.close();
    }
}
