package io.k3j.supervisor;

import io.k3j.componentapi.Phases;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Hashtable;
import java.util.List;
import java.util.Set;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.condition.Condition;

/// What this bundle has registered, so that it can be taken back in the opposite order.
final class Services implements AutoCloseable {
    /// Certificates, tokens and kubeconfigs that others wait for are there.
    static final String PKI_READY = "io.k3j.pki-ready";
    /// The keys of service account tokens are there.
    static final String SERVICE_KEY_READY = "io.k3j.service-key-ready";
    /// The certificates in `server/tls/etcd` are there.
    static final String ETCD_PKI_READY = "io.k3j.etcd-pki-ready";

    /// A node may run on this server: it is, or has been, a member of the cluster.
    static final String NODE_ADMITTED = "io.k3j.node-admitted";

    private final BundleContext context;
    private final List<ServiceRegistration<?>> registered = new ArrayList<>();
    private final List<Runnable> endings = new ArrayList<>();
    private final Set<String> conditions = new HashSet<>();
    private boolean closed;

    Services(BundleContext context) {
        this.context = context;
    }

    /// Registers a condition, once.
    synchronized void condition(String id) {
        if (conditions.add(id)) {
            register(Condition.class, Condition.INSTANCE, Phases.ID, id);
        }
    }

    /// Registers a service with one property.
    synchronized <S> void register(Class<S> type, S service, String key, String value) {
        if (!closed) {
            Hashtable<String, Object> properties = new Hashtable<>();
            properties.put(key, value);
            registered.add(context.registerService(type, service, properties));
        }
    }

    /// Has `ending` run after the services are gone; at once, when that has happened for good.
    void then(Runnable ending) {
        synchronized (this) {
            if (!closed) {
                endings.add(ending);
                return;
            }
        }
        ending.run();
    }

    /// Takes everything back; more may be registered afterwards.
    void withdraw() {
        List<ServiceRegistration<?>> all;
        List<Runnable> last;
        synchronized (this) {
            all = List.copyOf(registered);
            last = List.copyOf(endings);
            registered.clear();
            endings.clear();
            conditions.clear();
        }
        for (ServiceRegistration<?> one : all.reversed()) {
            one.unregister();
        }
        last.forEach(Runnable::run);
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        withdraw();
    }
}
