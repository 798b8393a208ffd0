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

/// The services this bundle has registered, so that they can be withdrawn in reverse order. Thread-safe.
final class Services implements AutoCloseable {
    /// Certificates, tokens and kubeconfigs are on disk.
    static final String PKI_READY = "io.k3j.pki-ready";
    /// The keys of service account tokens are on disk.
    static final String SERVICE_KEY_READY = "io.k3j.service-key-ready";
    /// All authorities are on disk, that of front proxies too.
    static final String AUTHORITIES_READY = "io.k3j.authorities-ready";
    /// The certificates in `server/tls/etcd` are on disk.
    static final String ETCD_PKI_READY = "io.k3j.etcd-pki-ready";

    /// A node may run on this server, because the server is or was a member of the cluster.
    static final String NODE_ADMITTED = "io.k3j.node-admitted";

    private final BundleContext context;
    private final List<ServiceRegistration<?>> registered = new ArrayList<>();
    private final List<Runnable> closers = new ArrayList<>();
    private final Set<String> conditions = new HashSet<>();
    private boolean closed;

    Services(BundleContext context) {
        this.context = context;
    }

    /// Registers a condition unless it is registered already.
    synchronized void condition(String id) {
        if (conditions.add(id)) {
            register(Condition.class, Condition.INSTANCE, Phases.ID, id);
        }
    }

    /// Registers a service with one property. Does nothing once closed.
    synchronized <S> void register(Class<S> type, S service, String key, String value) {
        if (!closed) {
            Hashtable<String, Object> properties = new Hashtable<>();
            properties.put(key, value);
            registered.add(context.registerService(type, service, properties));
        }
    }

    /// Runs `closer` after the services were withdrawn; at once when this is closed already.
    void onWithdraw(Runnable closer) {
        synchronized (this) {
            if (!closed) {
                closers.add(closer);
                return;
            }
        }
        closer.run();
    }

    /// Withdraws all services and runs the closers; more may be registered afterwards.
    void withdraw() {
        List<ServiceRegistration<?>> all;
        List<Runnable> toRun;
        synchronized (this) {
            all = List.copyOf(registered);
            toRun = List.copyOf(closers);
            registered.clear();
            closers.clear();
            conditions.clear();
        }
        for (ServiceRegistration<?> one : all.reversed()) {
            one.unregister();
        }
        toRun.forEach(Runnable::run);
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        withdraw();
    }
}
