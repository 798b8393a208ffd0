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

/// The node's ways to the servers: a load balancer for their supervisors and, where their API has a port of its own,
/// one for that on the port below, as in K3s. With `--disable-apiserver-lb` the addresses themselves. Any thread.
final class Balancers implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.k3j.agent");
    private static final String SUPERVISORS = "k3s-agent-load-balancer";
    private static final String APIS = "k3s-api-server-agent-load-balancer";

    private final Settings settings;
    private final String server;
    private final Function<String, Health> health;
    private final InstantSource clock;
    private final io.k3j.componentapi.Health loops;
    private final BalancerFile memory;
    private final BalancerFile apiMemory;
    private @Nullable LoadBalancer supervisors;
    private @Nullable LoadBalancer apis;
    private String preset = "";
    private boolean split;
    private boolean closed;

    /// @param server the registration address, as `https://host:6443`
    /// @param health what is known of a supervisor
    /// @param loops where threads report
    // what they stand on, and where they report
    @SuppressWarnings("checkstyle:ParameterNumber")
    Balancers(Settings settings, Layout layout, String server, Function<String, Health> health, InstantSource clock,
            io.k3j.componentapi.Health loops) {
        this.loops = loops;
        this.settings = settings;
        this.server = server;
        this.health = health;
        this.clock = clock;
        this.memory = new BalancerFile(layout.balancerFile(SUPERVISORS), server);
        this.apiMemory = new BalancerFile(layout.balancerFile(APIS), server);
    }

    /// Listens; where a supervisor is asked from now on.
    /// @throws IllegalArgumentException in K3s' words when the registration address is none
    synchronized URI open() throws IOException {
        preset = Addresses.ofUrl(server);
        if (settings.disableApiserverLb() || closed) {
            return URI.create("https://" + preset);
        }
        LoadBalancer started = new LoadBalancer(SUPERVISORS, settings.lbServerPort(), preset, clock, loops);
        started.health(health);
        started.set(memory.read());
        supervisors = started;
        return local(started);
    }

    private static URI local(LoadBalancer balancer) {
        return URI.create("https://127.0.0.1:" + balancer.port());
    }

    /// Where the API of such a cluster is asked from now on.
    /// @throws Refused when the port for it is taken
    synchronized URI api(ClusterConfig config) throws Refused {
        OptionalInt port = config.ownApiPort();
        LoadBalancer both = supervisors;
        if (port.isEmpty()) {
            return both == null ? URI.create("https://" + preset) : local(both);
        }
        split = true;
        String address = Addresses.of(Addresses.host(preset), port.getAsInt());
        if (both == null || closed) {
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
            started.set(apiMemory.read());
            return started;
        } catch (IOException taken) {
            throw new Refused(taken.getMessage() + "; the API has a port of its own in this cluster, and its load "
                    + "balancer the one below --lb-server-port");
        }
    }

    private String supervisor(String api) {
        return Addresses.of(Addresses.host(api), Addresses.port(preset));
    }

    /// The supervisors known from the last time.
    List<String> known() {
        return memory.read();
    }

    /// These are the API servers now.
    /// @return their supervisors
    synchronized List<String> set(List<String> addresses) {
        List<String> all = split ? addresses.stream().map(this::supervisor).distinct().toList() : addresses;
        take(supervisors, all, memory);
        if (split) {
            take(apis, addresses, apiMemory);
        }
        return all;
    }

    private static void take(@Nullable LoadBalancer balancer, List<String> addresses, BalancerFile memory) {
        if (balancer != null && !balancer.addresses().equals(addresses)) {
            LOG.log(Level.INFO, "servers={0}", addresses);
            balancer.set(addresses);
        }
        memory.write(addresses);
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

    /// Looks at the servers at once.
    void check() {
        all().forEach(LoadBalancer::check);
    }

    /// Why the last connection to a supervisor could not be made, empty when it could.
    synchronized String trouble() {
        LoadBalancer way = supervisors;
        return way == null ? "" : way.trouble();
    }

    /// What K3s counts of its load balancers, in Prometheus' text form: each metric once, with the lines of both.
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
        List<LoadBalancer> last;
        synchronized (this) {
            closed = true;
            last = all();
        }
        last.forEach(LoadBalancer::close);
    }
}
