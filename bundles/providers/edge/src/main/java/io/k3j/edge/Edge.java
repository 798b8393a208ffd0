package io.k3j.edge;

import io.k3j.componentapi.Abort;
import io.k3j.componentapi.Components;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthScope;
import io.k3j.componentapi.ListeningSockets;
import io.k3j.componentapi.Phases;
import io.k3j.componentbase.BoundServices;
import io.k3j.componentbase.ServerStart;
import io.k3j.edgeapi.Endpoint;
import io.k3j.edgeapi.ListenerIdentity;
import java.time.InstantSource;
import java.util.Hashtable;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.condition.Condition;

/// Serves the endpoints of this process on its TLS ports.
@Component(service = {}, immediate = true, configurationPid = "io.k3j.edge",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class Edge {
    private static final System.Logger LOG = System.getLogger("io.k3j.edge");
    private final Ports ports;
    private volatile @Nullable ServiceRegistration<Condition> open;

    /// The arguments of other components that concern their ports, and what says where the server's port is.
    public @interface Settings {
        /// `--kube-apiserver-arg`: `tls-min-version`, `tls-cipher-suites` and `http2-max-streams-per-connection` of the
        /// server's ports.
        String[] kubeApiserverArg() default {};

        /// `--kubelet-arg`: the same for the kubelet's port.
        String[] kubeletArg() default {};

        /// `--kube-scheduler-arg`: the same for the scheduler's port.
        String[] kubeSchedulerArg() default {};

        /// `--kube-controller-manager-arg`: the same for the port of the controllers.
        String[] kubeControllerManagerArg() default {};

        /// The number of the server's port, for words.
        int httpsListenPort() default 0;

        /// `--supervisor-port`: without an API server it says the number of the server's port, otherwise that of
        /// another one. 0 where nobody has given it.
        int supervisorPort() default 0;
    }

    /// Starts the event loops; a port opens when it has a certificate. Does not block.
    /// A port that cannot be opened ends a process that starts; in a swap the one before goes on.
    /// @throws IllegalArgumentException for wrong arguments, naming one; it ends the process while the server starts,
    /// and a swap is refused with it
    @Activate
    public Edge(BundleContext context, Settings settings, @Reference ListeningSockets sockets,
            @Reference Health health, @Reference Abort abort) {
        HealthScope scope = health.scope("edge");
        Map<String, TlsRules> rules;
        try {
            rules = rules(settings);
        } catch (IllegalArgumentException refused) {
            if (ServerStart.goesOn(context)) {
                abort.abort(String.valueOf(refused.getMessage()));
            }
            throw refused;
        }
        boolean starts = ServerStart.goesOn(context) && !over(context);
        Ports.Reports reports = new Ports.Reports(scope, () -> opened(context), why -> {
            if (starts) {
                abort.abort(why);
            }
        }, serverFlag(settings));
        ports = new Ports(sockets, reports, rules,
                new Ports.Surroundings(true, Patience.defaults(), InstantSource.system(), Capacity.ofThisProcess()));
    }

    /// An agent's start ends with its node. Where another edge has the server's ports open already, this one is to
    /// follow it, also on a server that has neither the API nor a node.
    private static boolean over(BundleContext context) {
        try {
            return !context.getServiceReferences(Condition.class, "(|(" + Phases.ID + "=" + Phases.NODE_READY + ")("
                    + Phases.ID + "=" + Phases.SERVER_PORTS_OPEN + "))").isEmpty();
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String serverFlag(Settings settings) {
        int supervisor = settings.supervisorPort();
        return supervisor != 0 && supervisor == settings.httpsListenPort() ? "--supervisor-port"
                : "--https-listen-port";
    }

    private void opened(BundleContext context) {
        Hashtable<String, Object> properties = new Hashtable<>();
        properties.put(Phases.ID, Phases.SERVER_PORTS_OPEN);
        open = context.registerService(Condition.class, Condition.INSTANCE, properties);
    }

    private static Map<String, TlsRules> rules(Settings settings) {
        TlsRules server = TlsRules.of("kube-apiserver-arg", settings.kubeApiserverArg());
        return Map.of(ListeningSockets.SERVER, server, ListeningSockets.SUPERVISOR, server, ListeningSockets.API,
                server, ListeningSockets.LOOPBACK, server, ListeningSockets.LOOPBACK_IPV6, server,
                ListeningSockets.KUBELET, TlsRules.of("kubelet-arg", settings.kubeletArg()),
                ListeningSockets.SCHEDULER, TlsRules.of("kube-scheduler-arg", settings.kubeSchedulerArg()),
                ListeningSockets.CONTROLLERS,
                TlsRules.of("kube-controller-manager-arg", settings.kubeControllerManagerArg()));
    }

    /// Adds the certificate source of a port. A plug-in's is none: it is asked for each handshake, and what it does not
    /// answer nobody could reach.
    @Reference(service = ListenerIdentity.class, cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC, unbind = "removeIdentity")
    public void addIdentity(ListenerIdentity identity, Map<String, Object> properties,
            ServiceReference<ListenerIdentity> reference) {
        if (plugged(reference)) {
            LOG.log(System.Logger.Level.WARNING, "Certificate source of a plug-in is not used port={0}",
                    name(properties));
            return;
        }
        ports.addIdentity(name(properties), identity);
    }

    /// Whether it is a plug-in's.
    static boolean plugged(ServiceReference<?> reference) {
        Bundle owner = reference.getBundle();
        return owner != null
                && Objects.requireNonNullElse(owner.getLocation(), "").startsWith(Components.PLUGIN_LOCATION);
    }

    /// Removes the certificate source of a port; its last certificate stays in use until the next one comes.
    public void removeIdentity(ListenerIdentity identity, Map<String, Object> properties) {
        ports.removeIdentity(name(properties), identity);
    }

    /// Adds an endpoint.
    @Reference(service = Endpoint.class, cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC, unbind = "removeEndpoint")
    public void addEndpoint(Endpoint endpoint, Map<String, Object> properties, ServiceReference<Endpoint> reference) {
        int ranking = properties.get(Constants.SERVICE_RANKING) instanceof Integer given ? given : 0;
        ports.addEndpoint(name(properties), endpoint, new Routes.Offer(owner(reference), ranking,
                (Long) Objects.requireNonNull(properties.get(Constants.SERVICE_ID)),
                BoundServices.registered(reference)));
    }

    /// The symbolic name of the bundle that offers it; empty when that has none, or is gone meanwhile.
    private static String owner(ServiceReference<Endpoint> reference) {
        Bundle owner = reference.getBundle();
        return owner == null ? "" : Objects.requireNonNullElse(owner.getSymbolicName(), "");
    }

    /// Removes an endpoint; its requests in flight have five seconds to finish.
    public void removeEndpoint(Endpoint endpoint, Map<String, Object> properties) {
        ports.removeEndpoint(name(properties), endpoint);
    }

    private static String name(Map<String, Object> properties) {
        return String.valueOf(properties.getOrDefault(Endpoint.PORT, ListeningSockets.SERVER));
    }

    /// Drains all connections for up to five seconds; leaves the sockets open for the successor.
    @Deactivate
    public void stop() {
        ports.close();
        ServiceRegistration<Condition> registered = open;
        if (registered != null) {
            registered.unregister();
        }
    }
}
