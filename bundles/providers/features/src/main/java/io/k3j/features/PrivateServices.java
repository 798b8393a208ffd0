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

/// Hides services under a provider's private types from other generations of the same bundle.
///
/// During a swap two generations of a bundle run at once, each with its own class of the same name. The
/// framework would offer the private service of one to the other, whose constructor would fail with a
/// `ClassCastException`. Services under exported types stay visible to all bundles.
final class PrivateServices implements FindHook, EventListenerHook {
    @Override
    public void find(BundleContext context, String name, String filter, boolean all,
            Collection<ServiceReference<?>> references) {
        Bundle requester = context.getBundle();
        references.removeIf(reference -> hidden(reference, requester));
    }

    @Override
    public void event(ServiceEvent event, Map<BundleContext, Collection<ListenerInfo>> listeners) {
        ServiceReference<?> reference = event.getServiceReference();
        if (!isPrivate(reference)) {
            return;
        }
        Iterator<BundleContext> contexts = listeners.keySet().iterator();
        while (contexts.hasNext()) {
            if (hidden(reference, contexts.next().getBundle())) {
                contexts.remove();
            }
        }
    }

    private static boolean hidden(ServiceReference<?> reference, Bundle requester) {
        Bundle owner = reference.getBundle();
        return owner != null && !owner.equals(requester) && owner.getSymbolicName().equals(requester.getSymbolicName())
                && isPrivate(reference);
    }

    /// Whether all types of the service are in the owner's package.
    private static boolean isPrivate(ServiceReference<?> reference) {
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
