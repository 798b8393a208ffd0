package io.k3j.agent;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The node's connections to the servers: a load balancer for the supervisors and, if the API has a port of its
/// own, one for the API on the port below, as in K3s. With `--disable-apiserver-lb` there are none, and the
/// addresses are used directly. Thread-safe.
final class Balancers implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.k3j.agent");
    private static final String SUPERVISORS = "k3s-agent-load-balancer";
    private static final String APIS = "k3s-api-server-agent-load-balancer";

    private final AgentSettings settings;
    private final String server;
    private final Function<String, TunnelHealth> health;
    private final InstantSource clock;
    private final io.k3j.componentapi.Health loops;
    private final BalancerFile savedServers;
    private final BalancerFile savedApiServers;
    private @Nullable LoadBalancer supervisors;
    private @Nullable LoadBalancer apis;
    private String preset = "";
    private boolean split;
    private boolean closed;

    /// @param server the registration address, as `https://host:6443`
    /// @param health the health of a supervisor's tunnel
    /// @param loops receives the state of the threads
    // one parameter for each collaborator
    @SuppressWarnings("checkstyle:ParameterNumber")
    Balancers(AgentSettings settings, AgentLayout layout, String server, Function<String, TunnelHealth> health,
            InstantSource clock,
            io.k3j.componentapi.Health loops) {
        this.loops = loops;
        this.settings = settings;
        this.server = server;
        this.health = health;
        this.clock = clock;
        this.savedServers = new BalancerFile(layout.balancerFile(SUPERVISORS), server);
        this.savedApiServers = new BalancerFile(layout.balancerFile(APIS), server);
    }

    /// Starts to listen; returns the supervisor's address for clients.
    /// @throws IllegalArgumentException in K3s' words when the registration address is invalid
    synchronized URI open() throws IOException {
        preset = ServerAddresses.ofUrl(server);
        if (settings.disableApiserverLb() || closed) {
            return URI.create("https://" + preset);
        }
        LoadBalancer started = new LoadBalancer(SUPERVISORS, settings.lbServerPort(), preset, clock, loops);
        started.health(health);
        started.set(savedServers.read());
        supervisors = started;
        return local(started);
    }

    private static URI local(LoadBalancer balancer) {
        return URI.create("https://127.0.0.1:" + balancer.port());
    }

    /// The API's address for clients, in a cluster with this configuration.
    /// @throws Refused when its port is in use
    synchronized URI api(ClusterConfig config) throws Refused {
        OptionalInt port = config.ownApiPort();
        LoadBalancer shared = supervisors;
        if (port.isEmpty()) {
            return shared == null ? URI.create("https://" + preset) : local(shared);
        }
        split = true;
        String address = ServerAddresses.of(ServerAddresses.host(preset), port.getAsInt());
        if (shared == null || closed) {
            return URI.create("https://" + address);
        }
        LoadBalancer own = apis;
        if (own == null) {
            own = openApi(address);
            apis = own;
        }
        return local(own);
    }

    private LoadBalancer openApi(String address) throws Refused {
        try {
            LoadBalancer started = new LoadBalancer(APIS, Math.max(0, settings.lbServerPort() - 1), address, clock,
                    loops);
            started.health(api -> health.apply(supervisor(api)));
            started.set(savedApiServers.read());
            return started;
        } catch (IOException inUse) {
            throw new Refused(inUse.getMessage() + "; the API has a port of its own in this cluster, and its load "
                    + "balancer the one below --lb-server-port");
        }
    }

    private String supervisor(String api) {
        return ServerAddresses.of(ServerAddresses.host(api), ServerAddresses.port(preset));
    }

    /// The supervisors known from the last run.
    List<String> known() {
        return savedServers.read();
    }

    /// Sets the present API servers.
    /// @return their supervisors
    synchronized List<String> set(List<String> addresses) {
        List<String> all = split ? addresses.stream().map(this::supervisor).distinct().toList() : addresses;
        update(supervisors, all, savedServers);
        if (split) {
            update(apis, addresses, savedApiServers);
        }
        return all;
    }

    private static void update(@Nullable LoadBalancer balancer, List<String> addresses, BalancerFile file) {
        if (balancer != null && !balancer.addresses().equals(addresses)) {
            LOG.log(Level.INFO, "Updated load balancer servers={0}", addresses);
            balancer.set(addresses);
        }
        file.write(addresses);
    }

    private synchronized List<LoadBalancer> all() {
        List<LoadBalancer> all = new ArrayList<>();
        for (LoadBalancer one : new LoadBalancer[] {supervisors, apis}) {
            if (one != null) {
                all.add(one);
            }
        }
        return all;
    }

    /// Requests an immediate health check of the servers.
    void check() {
        all().forEach(LoadBalancer::check);
    }

    /// Why the last connection to a supervisor failed; empty when it succeeded.
    synchronized String trouble() {
        LoadBalancer way = supervisors;
        return way == null ? "" : way.trouble();
    }

    /// K3s' metrics of both load balancers in Prometheus' text format, each metric family once.
    String metrics() {
        Map<String, StringBuilder> families = new LinkedHashMap<>();
        for (LoadBalancer one : all()) {
            boolean known = false;
            StringBuilder family = new StringBuilder();
            for (String line : one.metrics().lines().toList()) {
                if (line.startsWith("# HELP ")) {
                    known = families.containsKey(line);
                    family = families.computeIfAbsent(line, help -> new StringBuilder());
                }
                if (!known || !line.startsWith("#")) {
                    family.append(line).append('\n');
                }
            }
        }
        return String.join("", families.values());
    }

    @Override
    public void close() {
        List<LoadBalancer> current;
        synchronized (this) {
            closed = true;
            current = all();
        }
        current.forEach(LoadBalancer::close);
    }
}
