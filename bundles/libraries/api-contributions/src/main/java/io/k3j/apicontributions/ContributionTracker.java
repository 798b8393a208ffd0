package io.k3j.apicontributions;

import io.k3j.componentapi.Components;
import io.k3j.componentapi.TimeSource;
import io.k3j.componentbase.FaultyBundle;
import io.k3j.objectregistry.Slot;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.util.tracker.ServiceTracker;
import org.osgi.util.tracker.ServiceTrackerCustomizer;

/// Tracks services of other bundles and adds them to [Contributions]: those of plug-ins as they are asked within limits
/// ([PluginCalls]). Called by the framework's threads; blocks only while the framework makes or takes back a service.
public final class ContributionTracker implements ServiceTrackerCustomizer<Object, Object>, AutoCloseable {
    /// Tells by the health of a plug-in's bundle what its calls do.
    private record Told(Bundle owner) implements PluginCalls.Faults {
        @Override
        public void stop(String what) {
            FaultyBundle.tell(owner, FaultyBundle.CALL, what);
        }

        @Override
        public void warn(String what) {
            FaultyBundle.warn(owner, FaultyBundle.CALL, what);
        }
    }

    private static final System.Logger LOG = System.getLogger("io.k3j.apiserver");
    private final BundleContext context;
    private final Contributions contributions;
    private final ServiceTracker<Object, Object> tracker;
    private final Unplugged unplugged;
    private final MissedOwners missed;
    private volatile boolean frozen;

    /// Tracks nothing yet.
    ///
    /// @param context of the bundle whose server these are contributions of
    /// @param contributions where services are added and removed
    public ContributionTracker(BundleContext context, Contributions contributions) {
        this.context = context;
        this.contributions = contributions;
        this.unplugged = new Unplugged(context, contributions);
        this.missed = new MissedOwners(context, contributions);
        StringBuilder any = new StringBuilder("(|");
        contributions.types().forEach(type -> any.append("(" + Constants.OBJECTCLASS + "=" + type + ")"));
        try {
            this.tracker = new ServiceTracker<>(context, FrameworkUtil.createFilter(any.append(")").toString()), this);
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Adds the present services and starts tracking.
    public void open() {
        unplugged.open();
        missed.open();
        tracker.open();
    }

    /// Adds a service; null, and nothing is added, when this is frozen, its bundle has gone, or it is a plug-in's and
    /// does not tell what it is for.
    @Override
    public @Nullable Object addingService(ServiceReference<Object> reference) {
        if (frozen) {
            // it belongs to the successor, and would keep that one
            return null;
        }
        Object service = context.getService(reference);
        Bundle owner = reference.getBundle();
        if (service == null) {
            return null;
        }
        if (owner == null) {
            // it has gone meanwhile, and nobody would tell that
            context.ungetService(reference);
            return null;
        }
        Object asked = guarded(owner, reference, service);
        return added(asked, owner, reference) ? asked : null;
    }

    /// A plug-in's service that does not tell what it is for is none: whoever opens this tracker does not fail with it.
    private boolean added(Object asked, Bundle owner, ServiceReference<Object> reference) {
        Collection<String> types = types(reference);
        try {
            contributions.add(asked, types, properties(owner, reference));
            return true;
        } catch (RuntimeException e) {
            if (!PluginCalls.guards(asked)) {
                throw e;
            }
            LOG.log(System.Logger.Level.ERROR, "Service of a plugin is not used plugin=" + owner.getSymbolicName(), e);
            contributions.remove(asked, types);
            context.ungetService(reference);
            return false;
        }
    }

    /// A plug-in's service is asked within limits.
    private Object guarded(Bundle owner, ServiceReference<Object> reference, Object service) {
        return !owner.getLocation().startsWith(Components.PLUGIN_LOCATION)
                ? service
                : PluginCalls.of(service, contributions.types(types(reference)), owner.getSymbolicName(),
                        new PluginCalls.Around(PluginCalls.Limits.DEFAULT, new Told(owner),
                                TimeSource.system().monotonic()));
    }

    /// Takes over the properties of a service, its rank among them.
    @Override
    public void modifiedService(ServiceReference<Object> reference, Object service) {
        Bundle owner = reference.getBundle();
        if (!frozen && owner != null) {
            contributions.add(service, types(reference), properties(owner, reference));
        }
    }

    /// Removes a service, unless this is frozen: then only the framework is told that nobody uses it any more.
    @Override
    public void removedService(ServiceReference<Object> reference, Object service) {
        if (!frozen) {
            unplugged.removed(reference.getBundle(), contributions.brought(service));
            contributions.remove(service, types(reference));
        }
        context.ungetService(reference);
    }

    private static Collection<String> types(ServiceReference<?> reference) {
        return reference.getProperty(Constants.OBJECTCLASS) instanceof String[] types ? List.of(types) : List.of();
    }

    /// Its properties, and whose it is, which it does not say itself.
    private static Map<String, Object> properties(Bundle owner, ServiceReference<?> reference) {
        Map<String, Object> all = new HashMap<>();
        for (String key : reference.getPropertyKeys()) {
            all.put(key, reference.getProperty(key));
        }
        all.put(Slot.OWNER, owner.getSymbolicName());
        return all;
    }

    /// Stops adding and removing services: requests in flight finish with those they started with.
    public void freeze() {
        frozen = true;
        missed.freeze();
    }

    /// Freezes, and gives all services back.
    @Override
    public void close() {
        freeze();
        unplugged.close();
        missed.close();
        tracker.close();
    }
}
