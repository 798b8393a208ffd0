package io.k3j.features;

import java.util.Collection;
import java.util.Iterator;
import java.util.Map;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceEvent;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.hooks.service.EventListenerHook;
import org.osgi.framework.hooks.service.FindHook;
import org.osgi.framework.hooks.service.ListenerHook.ListenerInfo;

/// Keeps services under a provider's own, private types to that provider.
///
/// During a swap two generations of a bundle are there at once, each with its own class of the same name. The
/// framework would offer the old one's private service to the new one, whose constructor could not take
/// it. Services under exported types are everybody's, as ever.
final class PrivateServices implements FindHook, EventListenerHook {
    @Override
    public void find(BundleContext context, String name, String filter, boolean all,
            Collection<ServiceReference<?>> references) {
        Bundle asking = context.getBundle();
        references.removeIf(reference -> hidden(reference, asking));
    }

    @Override
    public void event(ServiceEvent event, Map<BundleContext, Collection<ListenerInfo>> listeners) {
        ServiceReference<?> reference = event.getServiceReference();
        if (!own(reference)) {
            return;
        }
        Iterator<BundleContext> contexts = listeners.keySet().iterator();
        while (contexts.hasNext()) {
            if (hidden(reference, contexts.next().getBundle())) {
                contexts.remove();
            }
        }
    }

    private static boolean hidden(ServiceReference<?> reference, Bundle asking) {
        Bundle owner = reference.getBundle();
        return owner != null && !owner.equals(asking) && owner.getSymbolicName().equals(asking.getSymbolicName())
                && own(reference);
    }

    /// Whether all its types are in the owner's own package.
    private static boolean own(ServiceReference<?> reference) {
        Bundle owner = reference.getBundle();
        if (owner == null || !(reference.getProperty(Constants.OBJECTCLASS) instanceof String[] types)) {
            return false;
        }
        String prefix = owner.getSymbolicName() + ".";
        for (String type : types) {
            if (!type.startsWith(prefix)) {
                return false;
            }
        }
        return true;
    }
}
