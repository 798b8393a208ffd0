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
import io.k3j.componentbase.Termination;
import io.k3j.edgeapi.Endpoint;
import io.k3j.edgeapi.ListenerIdentity;
import io.k3j.pki.ClusterToken;
import io.k3j.processprofiles.ProcessProfiles;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.nio.file.Path;
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

/// The agent's work until the bundle stops, on one virtual thread: joins, registers the services, then renews
/// certificates and follows the servers.
final class AgentStartup implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.k3j.agent");
    /// After this time a node that has joined before starts from its files.
    private static final Duration SERVER_TIMEOUT = Duration.ofSeconds(5);
    private static final long MIN_RETRY_MILLIS = 200;
    private static final long MAX_RETRY_MILLIS = 5_000;
    private static final Duration CERTIFICATE_CHECK_INTERVAL = Duration.ofHours(6);
    /// How long a stop waits for a request or a file that is under way.
    private static final Duration STOP = Duration.ofSeconds(2);

    private final BundleContext context;
    private final AgentSettings settings;
    private final Origin origin;
    private final AgentHealth health;
    private final Abort abort;
    private final InstantSource clock = InstantSource.system();
    private final AgentLayout layout;
    private final NodeFiles files;
    private final PodAddresses pods;
    private final AllowedTargets targets;
    private final Tunnels tunnels;
    private final Servers servers;
    private final Balancers balancers;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final List<ServiceRegistration<?>> services = new ArrayList<>();
    private final Thread thread;

    /// @param loops receives the state of the threads
    AgentStartup(BundleContext context, AgentSettings settings, HealthScope health, io.k3j.componentapi.Health loops,
            Abort abort) {
        this.context = context;
        this.settings = settings;
        this.origin = Origin.of(settings);
        this.health = new AgentHealth(health);
        this.abort = abort;
        this.layout = AgentLayout.of(settings);
        this.files = new NodeFiles(layout, new SecureRandom());
        List<String> own = new ArrayList<>(List.of(settings.nodeIp()));
        own.addAll(List.of(settings.nodeExternalIp()));
        this.pods = new PodAddresses(settings.nodeName(), clock);
        this.targets = new AllowedTargets(settings.kubeletPort(), own, pods::list);
        this.tunnels = new Tunnels(files, targets, this::checkServers, clock, loops);
        this.servers = new Servers(clock, this::servers);
        this.balancers = new Balancers(settings, layout, origin.server(), tunnels::health,
                TimeSource.system().monotonic(), loops);
        health.report(HealthLevel.STARTING, "joining " + origin.server());
        this.thread = Thread.ofVirtual().name("agent").start(this::run);
    }

    private void run() {
        try {
            AgentJoin joining = prepare();
            ClusterConfig config = joinOrRestore(joining);
            if (config != null) {
                targets.mode(config.egressMode(), config.clusterCidrs());
                if (config.egressMode().equals("pod")) {
                    pods.follow();
                }
                boolean readServers = !health.troubled() && readServers(joining);
                open(config);
                keepUp(joining, config, readServers);
            }
        } catch (Refused | IllegalArgumentException refused) {
            abort.abort(String.valueOf(refused.getMessage()));
        } catch (IOException unreachable) {
            LOG.log(Level.DEBUG, "Not joined yet", unreachable);
            abort.abort("cannot join " + origin.server() + ": " + unreachable.getMessage());
        } catch (RuntimeException unexpected) {
            LOG.log(Level.ERROR, "Agent stopped by an unexpected error", unexpected);
            abort.abort("the agent cannot go on: " + unexpected.getClass().getName() + "; the log has the details");
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private AgentJoin prepare() throws IOException, InterruptedException {
        ClusterToken token = ClusterToken.parse(origin.token(closed));
        URI supervisor = balancers.open();
        if (!settings.disableApiserverLb()) {
            register(Metrics.class, balancers::metrics, "component", "agent");
        }
        return new AgentJoin(settings, token, layout, files,
                new AgentJoin.Way(supervisor, origin.server(), balancers::api));
    }

    /// Joins; or, when the node has joined before and no server answers, restores the saved configuration. Once
    /// a server has rejected the node's password, it waits until one accepts it, as K3s' agents do: another
    /// machine may own the name by now. One that has never joined waits only for a node that runs ([PasswordPatience]).
    private @Nullable ClusterConfig joinOrRestore(AgentJoin joining) throws IOException, InterruptedException, Refused {
        long start = System.nanoTime();
        boolean passwordRejected = false;
        PasswordPatience patience = new PasswordPatience(TimeSource.system().monotonic());
        for (long pause = MIN_RETRY_MILLIS;; pause = Math.min(pause * 2, MAX_RETRY_MILLIS)) {
            boolean known = files.complete(clock.instant());
            boolean waiting = System.nanoTime() - start < SERVER_TIMEOUT.toNanos();
            try {
                ClusterConfig config = known ? joining.joinAtOnce(clock.instant()) : joining.join(clock.instant());
                health.joined();
                return config;
            } catch (Refused refused) {
                if (!known && !(refused.running() && patience.lasts())) {
                    throw refused;
                }
                if (!refused.password()) {
                    return restore(joining, String.valueOf(refused.getMessage()));
                }
                passwordRejected = true;
                health.trouble("Waiting to retrieve agent configuration; server is not ready: " + refused.getMessage());
            } catch (IOException unreachable) {
                String why = why(unreachable);
                if (known && !waiting && !passwordRejected) {
                    return restore(joining, why);
                }
                health.trouble(why);
            }
            if (closed.await(pause, TimeUnit.MILLISECONDS)) {
                return null;
            }
        }
    }

    private @Nullable ClusterConfig restore(AgentJoin joining, String why) throws IOException, Refused {
        health.trouble(why + "; this node starts with what it knows and tries on");
        return joining.saved();
    }

    private String why(IOException unreachable) {
        String trouble = balancers.trouble();
        return origin.server() + " cannot be reached: " + (trouble.isEmpty() ? unreachable.getMessage() : trouble);
    }

    /// Reads the servers' own addresses before other components of the node use the connection, so that these
    /// do not depend on a load balancer in front of the servers.
    private boolean readServers(AgentJoin joining) {
        try {
            servers(joining.apiServers(clock.instant()));
            return true;
        } catch (IOException unreachable) {
            LOG.log(Level.DEBUG, "The servers are asked for soon", unreachable);
            return false;
        }
    }

    private void open(ClusterConfig config) throws IOException, Refused {
        // the port may have changed since the last start while no server is reachable
        files.kubeConfigs(balancers.api(config));
        register(ListenerIdentity.class, new NodeListener(layout, settings.kubeletArg()), Endpoint.PORT,
                ListeningSockets.KUBELET);
        register(ClusterSettings.class, NodeFamilies.fitted(config.settings(), config.clusterCidrs(),
                List.of(settings.nodeIp())), "server", origin.server());
        register(Condition.class, Condition.INSTANCE, Phases.ID, "io.k3j.pki-ready");
        register(Condition.class, Condition.INSTANCE, Phases.ID, "io.k3j.joined");
        if (settings.enablePprof()) {
            register(Endpoint.class, new ProcessProfiles(Path.of(settings.dataDir())), Endpoint.PORT,
                    ListeningSockets.KUBELET);
        }
        if (config.fields().flag("SupervisorMetrics")) {
            // --supervisor-metrics of the servers; K3s' agents would listen on the servers' port
            LOG.log(Level.INFO, "This node's metrics are served on the kubelet's port only port={0}",
                    Integer.toString(settings.kubeletPort()));
        }
        List<String> known = balancers.known();
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

    private void keepUp(AgentJoin joining, ClusterConfig initial, boolean known) throws InterruptedException {
        boolean readServers = known;
        boolean ready = false;
        long pause = 0;
        while (!closed.await(pause, TimeUnit.MILLISECONDS)) {
            try {
                if (files.due(clock.instant()) || health.troubled()) {
                    health.settled(initial, joining.join(clock.instant()));
                } else if (health.changed()) {
                    health.settled(initial, joining.config(clock.instant()));
                }
                if (!readServers) {
                    servers(joining.apiServers(clock.instant()));
                    readServers = true;
                }
                if (!ready) {
                    joining.ready(clock.instant());
                    health.settled(initial, joining.config(clock.instant()));
                    ready = true;
                }
                pause = CERTIFICATE_CHECK_INTERVAL.toMillis();
            } catch (IOException unreachable) {
                LOG.log(Level.DEBUG, "Asked again soon", unreachable);
                pause = Math.clamp(pause * 2, MIN_RETRY_MILLIS, MAX_RETRY_MILLIS);
            } catch (Refused refused) {
                health.trouble(String.valueOf(refused.getMessage()));
                pause = MAX_RETRY_MILLIS;
            }
        }
    }

    /// Sets the present API servers.
    private void servers(List<String> addresses) {
        if (!addresses.isEmpty() && closed.getCount() > 0) {
            tunnels.set(balancers.set(addresses));
        }
    }

    private void checkServers() {
        balancers.check();
    }

    /// An API client was bound. Does not block.
    void api(ApiClient client) {
        servers.attach(client);
        pods.attach(client);
    }

    /// Nothing of the node's files is written, and no server asked, when this returns.
    @Override
    public void close() {
        List<ServiceRegistration<?>> registered;
        synchronized (this) {
            closed.countDown();
            registered = List.copyOf(services);
            services.clear();
        }
        registered.reversed().forEach(ServiceRegistration::unregister);
        Termination.of(thread, STOP);
        servers.close();
        pods.close();
        tunnels.close();
        balancers.close();
    }
}
